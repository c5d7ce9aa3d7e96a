"""Invented people around the real books: identities, and what departments have on file."""

from liti.sample.people.files import FilesReport, write_files
from liti.sample.people.identity import Person, World, identities

__all__ = ["FilesReport", "Person", "World", "identities", "write_files"]
