"""Pure rules of parties: standardising, masking, survivorship, what may merge."""
