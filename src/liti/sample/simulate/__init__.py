"""Carries the real books on, seeded, on their own rhythm."""
