"""Features of a customer, each declared once; see `registry`, `definitions`, `wide`."""
