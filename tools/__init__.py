"""Programs for those who work on the house; none of them is part of the package."""
