"""`liti parties`: departments' files in, one customer out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from liti.cli.entering import DAY
from liti.cli.progress import bar, console
from liti.core.doors import door
from liti.parties import queries, services


@click.group()
def parties() -> None:
    """Who is who: sources, matching, one party of the whole bank."""


@parties.command("import")
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Validate only; nothing is written.")
@click.option("--of", type=DAY, help="The day that FILE is of; default: the one in its name.")
@click.option("--accept-old", is_flag=True, help="Take a file that is older than the last one.")
@door("parties.import_source")
def import_(source: str, file: Path, dry_run: bool, of: datetime | None, accept_old: bool) -> None:
    """Take in FILE (CSV, Excel, Parquet) of SOURCE; the same file twice changes nothing.

    Fails on a file of an older day than was read before, or than the bank allows.
    """
    with bar(f"parties.import {source}") as advance:
        report = services.import_source(
            source,
            file,
            dry_run=dry_run,
            of=of.date() if of else None,
            accept_old=accept_old,
            progress=advance,
        )
    console.print(
        f"{report.source}: {report.rows_read:,} rows read, {report.accepted:,} "
        f"{'would be ' if dry_run else ''}accepted ({report.unchanged:,} unchanged, "
        f"{report.warned:,} with a value left out), {report.rejected:,} rejected"
        + (f"; see {report.rejects_path}" if report.rejects_path else "")
    )
    for code, count in sorted(report.findings.items(), key=lambda found: -found[1]):
        console.print(f"  {count:9,}  {services.problem_text(code)}")
    if report.left_out:
        console.print(f"  not read, other sheets: {', '.join(report.left_out)}")


@parties.command()
def sources() -> None:
    """Every source with its department, trust and number of records."""
    for view in queries.sources():
        console.print(
            f"{view.code:10} {view.department:10} trust {view.trust:3}  {view.records:9,}  "
            f"{view.name_en} · {view.name_zh}"
        )


@parties.command()
@click.option("--accept-old", is_flag=True, help="Match although a source is too old.")
@door("parties.match_all")
def match(accept_old: bool) -> None:
    """Match all records; ids that were given out stay. Fails on sources that are too old."""
    with bar("parties.match", services.MATCH_STEPS) as advance:
        report = services.match_all(progress=advance, accept_old=accept_old)
    console.print(
        f"{report.records:,} records are {report.persons:,} persons and "
        f"{report.organisations:,} organisations: {report.merged_records:,} merged by "
        f"{report.pairs:,} pairs, {report.for_review:,} pairs for review, "
        f"{report.conflicts:,} contradict ({report.seconds:.1f} s)"
    )


@parties.command()
@click.argument("party_id", type=click.UUID)
@click.option("--reveal", metavar="REASON", help="Show personal data; the reading is logged.")
def show(party_id: UUID, reveal: str | None) -> None:
    """One party: golden record with provenance, sources, relations, consents, service team."""
    view = queries.reveal(party_id, reveal) if reveal else queries.party(party_id)
    console.print(f"{view.id}  {view.kind}  {view.name}")
    shown = {
        "id_number": view.id_number or view.id_number_masked,
        "mobile": view.mobile or view.mobile_masked,
        "email": view.email or view.email_masked,
        "address": view.address or view.address_masked,
        "birth_date": view.birth_date or "",
        "sex": view.sex,
        "uscc": view.uscc,
    }
    for name, value in shown.items():
        if value:
            origin = view.provenance.get(name, {})
            console.print(
                f"  {name:12} {value}  "
                f"({origin.get('source', '?')}, {origin.get('agreeing', 1)} of "
                f"{origin.get('of', 1)})"
            )
    for record in queries.sources_of(view.id):
        console.print(f"  source       {record.source} {record.source_key}")
    for relation in queries.relations_of(view.id):
        arrow = "→" if relation.outgoing else "←"
        console.print(f"  relation     {arrow} {relation.label} {relation.other_name}")
    for consent in queries.consents_of(view.id):
        word = "yes" if consent.granted else "no"
        console.print(f"  consent      {consent.purpose}/{consent.channel}: {word}")
    for service in queries.service_team(view.id):
        console.print(f"  service      {service.label} {service.staff_code} {service.department}")


@parties.command()
@click.argument("merge_id", type=click.UUID)
def unassigned(merge_id: UUID) -> None:
    """What came while the two of MERGE_ID were one, and nobody gave to the other yet."""
    for row in queries.unassigned(merge_id):
        console.print(f"{row.id:9}  {row.place}  {row.key}", soft_wrap=True)


@parties.command()
@click.argument("merge_id", type=click.UUID)
@click.argument("row", type=int)
@click.argument("reason")
@door("parties.assign_row")
def assign(merge_id: UUID, row: int, reason: str) -> None:
    """Give ROW (its number in `unassigned`) to the customer who was parted, for REASON."""
    services.assign_row(merge_id, row, reason)
    console.print(f"row {row} is the other customer's")


@parties.command()
def figures() -> None:
    """Records in, customers out, duplicates removed, privately held, by department."""
    found = queries.figures()
    console.print(
        f"{found.source_records:,} records, {found.persons:,} persons, "
        f"{found.organisations:,} organisations, {found.duplicates_removed:,} duplicates removed, "
        f"{found.privately_held:,} privately held ({found.privately_held_share:.1%})"
    )
    for row in found.by_department:
        console.print(
            f"  {row.department:10} {row.records:9,} records {row.parties:9,} parties "
            f"{row.privately_held:9,} known to it alone"
        )
