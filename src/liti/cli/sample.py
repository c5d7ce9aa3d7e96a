"""`liti sample`: how true the sample bank is to the real one, and how it lives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import click
from django.db import transaction

from liti.cli.progress import console
from liti.core.context import acting, job
from liti.core.errors import NotFound
from liti.ledger import queries as ledger
from liti.sample.queries import (
    EXPENSE,
    INCOME,
    Line,
    SampleView,
    Verdict,
    balance_sheet,
    compared,
    income_statement,
    sample_bank,
    verdicts,
)

YEAR = timedelta(days=365)


@click.group()
def sample() -> None:
    """The sample bank: compared with the real one, and its statements (Markdown)."""


@sample.command()
def compare() -> None:
    """Each figure of the simulated books beside the real one; exit code 1 beyond a tolerance."""
    with acting(job("check")), transaction.atomic():
        found = verdicts(compared(_bank().shift_days))
    console.print(
        "| lives on | kind | figure | real | simulated | may differ | differs |", markup=False
    )
    console.print("| --- | --- | --- | ---: | ---: | ---: | ---: |", markup=False)
    for verdict in found:
        console.print(_row(verdict), markup=False, soft_wrap=True)
    if not all(verdict.holds for verdict in found):
        raise SystemExit(1)


@sample.command()
def statement() -> None:
    """Income statement of the last 365 days and balance sheet, each line by its origin."""
    with acting(job("check")):
        bank = _bank()
        last = bank.business_date - timedelta(days=1)
        names = {s.code: s.name_en for s in ledger.subjects()}
        income = income_statement(last - YEAR + timedelta(days=1), last)
        sheet = balance_sheet(last)
    _table(income, names)
    earned = sum(line.total_minor for line in income if line.gl_code in INCOME)
    spent = sum(line.total_minor for line in income if line.gl_code in EXPENSE)
    console.print(f"| | **result** | | | | **{(earned - spent) / 100:,.0f}** |", markup=False)
    _table(sheet, names)


def _bank() -> SampleView:
    bank = sample_bank()
    if bank is None:
        raise NotFound("sample.none", "There is no sample bank here.", remedy="Run `make demo`.")
    return bank


def _row(v: Verdict) -> str:
    share = v.real <= 1 and v.simulated <= 1 and v.kind != "balance"
    real, made = (f"{x:.2f}" if share or x < 100 else f"{x:,.0f}" for x in (v.real, v.simulated))
    mark = "" if v.holds else " **beyond**"
    return (
        f"| {v.income or 'all'} | {v.kind} | {v.figure} | {real} | {made} | {v.tolerance:.0%} |"
        f" {v.difference:.0%}{mark} |"
    )


def _table(lines: Sequence[Line], names: dict[str, str]) -> None:
    console.print("\n| subject | entries | real | simulated | live | all |", markup=False)
    console.print("| --- | --- | ---: | ---: | ---: | ---: |", markup=False)
    for line in lines:
        sums = (line.recorded_minor, line.simulated_minor, line.live_minor, line.total_minor)
        figures = " | ".join(f"{minor / 100:,.0f}" for minor in sums)
        text = f"| {line.gl_code} {names.get(line.gl_code, '')} | {line.kind} | {figures} |"
        console.print(text, markup=False, soft_wrap=True)
