"""Reading a department's file: CSV in any usual encoding, Excel, Parquet; cells as text.

What may have lost something on its way into the file (a number that a spreadsheet shortened,
a formula without its value, an unreadable character) comes with a word of damage: the value
is left out, with a finding, and never guessed.
"""

from liti.parties.files.reading import read_table
from liti.parties.files.tables import Row, Table

__all__ = ["Row", "Table", "read_table"]
