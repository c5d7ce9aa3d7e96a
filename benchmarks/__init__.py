"""Measurements, always side by side with something known, on the same machine in one run."""
