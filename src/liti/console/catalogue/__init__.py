"""What the console shows, declared by room; importing a module registers its pages."""
