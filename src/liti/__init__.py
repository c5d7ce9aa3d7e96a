"""Liti (立体): an open direct bank that operates every customer in the round."""

__version__ = "0.1.0"
