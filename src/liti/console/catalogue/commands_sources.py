"""What departments deliver: files taken in, and the matching that makes customers of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.commands import LIST, Command, Input, Shown, Summary, register
from liti.console.resources import Fact
from liti.parties import queries as parties
from liti.parties import services
from liti.parties.services import ImportReport


def _import(source_code: str, file: Path, dry_run: bool = False) -> ImportReport:
    return services.import_source(source_code, file, dry_run=dry_run)


def _importing(arguments: dict[str, Any]) -> Summary:
    """The file is read as a whole and nothing is written: what would come of it."""
    report = services.import_source(arguments["source_code"], arguments["file"], dry_run=True)
    return Summary(
        [
            Fact(_("Rows read"), report.rows_read, "number"),
            Fact(_("Accepted"), report.accepted, "number"),
            Fact(_("Unchanged"), report.unchanged, "number"),
            Fact(_("Rejected"), report.rejected, "number"),
            Fact(_("With a value left out"), report.warned, "number"),
        ],
        [_("Good rows are kept, bad ones go with their reason to the rejects file."),
         _("Customers follow when matching is started.")],
    )  # fmt: skip


def _imported(report: ImportReport) -> Shown:
    return Shown(
        _("The file is taken in"),
        _("Start the matching when all files of the day are in."),
        [
            Fact(_("Rows read"), report.rows_read, "number"),
            Fact(_("Accepted"), report.accepted, "number"),
            Fact(_("Rejected"), report.rejected, "number"),
            Fact(_("Rejects file"), Path(report.rejects_path).name if report.rejects_path else "—"),
        ],
    )


def _matching(_arguments: dict[str, Any]) -> Summary:
    records = sum(s.records for s in parties.sources())
    return Summary(
        [Fact(_("Records"), records, "number")],
        [_("All records are matched anew in the background; it takes some minutes."),
         _("Nothing is lost: ids that were given out stay, merged ones resolve for ever.")],
    )  # fmt: skip


def _sources_page(_key: str = "") -> str:
    return reverse("console:list", args=["sources"])


register(
    Command(
        "import-source",
        services.import_source,
        _("Import a file"),
        "sources",
        calls=_import,
        fills=lambda key: {"source_code": key},
        subject=lambda key: next(
            (f"{s.name_zh} · {s.name_en}" for s in parties.sources() if s.code == key), key
        ),
        inputs={
            "file": Input(_("File"), help=_("CSV, Excel (.xlsx) or Parquet, up to 50 MB.")),
        },
        preview=_importing,
        back=_sources_page,
        result=lambda _arguments, _report: _sources_page(),
        shows=_imported,
        message=_("The file is taken in."),
        primary=True,
    ),
    Command(
        "start-matching",
        services.start_matching,
        _("Start matching"),
        "sources",
        LIST,
        preview=_matching,
        back=_sources_page,
        result=lambda _arguments, _key: _sources_page(),
        message=_("Matching is begun; the batch runs show when it is done."),
    ),
)
