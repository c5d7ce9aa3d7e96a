"""Features of a customer, each declared once; see `registry`, `definitions`, `wide`."""

from liti.insight.features import definitions  # importing the definitions fills the register
from liti.insight.features.registry import kept

__all__ = ["definitions", "kept"]
