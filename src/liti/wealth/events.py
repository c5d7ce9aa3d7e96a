"""What the wealth cloud tells the house."""

INCOME_DISTRIBUTED = "wealth.income.distributed"
