"""Pages of who is who: the sources that deliver, and the people who serve."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.console.access import CUSTOMERS, roles
from liti.console.resources import Column, Detail, Fact, Filter, Panel, Query, Resource, register
from liti.core.errors import NotFound
from liti.parties import queries as parties
from liti.parties.queries import ImportRunView, SourceView, StaffView

RUNS_SHOWN, IMPORTS_MAX = 20, 500
ROWS = [("rejected", _("With rejected rows"))]
MANAGERS_MAX = 2_000
SOURCES = roles("data_steward", "operation_head", "auditor", "engineer")


def _sources(_query: Query) -> Sequence[SourceView]:
    return parties.sources()


def _source(code: str) -> Detail:
    found = next((s for s in parties.sources() if s.code == code), None)
    if found is None:
        raise NotFound("console.unknown_source", gettext("There is no such source."))
    return Detail(
        title=f"{found.name_zh} · {found.name_en}",
        subtitle=found.code,
        facts=[
            Fact(_("Department"), found.department, "label"),
            Fact(_("Kind"), found.kind, "label"),
            Fact(_("Trust"), found.trust, "number"),
            Fact(_("Records"), found.records, "number"),
        ],
        panels=[
            Panel(
                _("Files taken in"),
                columns=[
                    Column("at", _("At"), "moment"),
                    Column("file_name", _("File"), "mono"),
                    Column("rows_read", _("Rows read"), "number"),
                    Column("accepted", _("Accepted"), "number"),
                    Column("rejected", _("Rejected"), "number"),
                    Column("rejects_name", _("Rejects file"), "mono"),
                ],
                rows=[r for r in parties.import_runs(RUNS_SHOWN) if r.source == code],
                empty=_("No file yet"),
            )
        ],
    )


def _imports(query: Query) -> Sequence[ImportRunView]:
    found = parties.import_runs(IMPORTS_MAX)
    return [r for r in found if r.rejected or query.filters.get("rows") != "rejected"]


def _managers(query: Query) -> Sequence[StaffView]:
    return parties.serving_staff(query.text, limit=MANAGERS_MAX)


def _manager(code: str) -> Detail:
    found = next((s for s in parties.serving_staff(code) if s.staff_code == code), None)
    if found is None:
        raise NotFound("console.serves_nobody", gettext("Nobody is served under this code."))
    return Detail(
        title=" ".join(filter(None, (found.staff_code, found.name))),
        facts=[
            Fact(_("Department"), found.department, "label"),
            Fact(_("Customers led"), found.led, "number"),
            Fact(_("All tasks"), found.tasks, "number"),
        ],
    )


register(
    Resource(
        name="imports",
        title=_("Files taken in"),
        group="customers",
        icon="download",
        roles=SOURCES,
        order=13,
        about=_("Each delivery of a department, with what was refused of it."),
        filters=[Filter("rows", _("All files"), lambda: ROWS)],
        columns=[
            Column("file_name", _("File"), "mono"),
            Column("source", _("Source"), "label"),
            Column("at", _("At"), "moment"),
            Column("rows_read", _("Rows read"), "number"),
            Column("accepted", _("Accepted"), "number"),
            Column("rejected", _("Rejected"), "number"),
            Column("rejects_name", _("Rejects file"), "mono"),
        ],
        whole=_imports,
        link=lambda r: reverse("console:detail", args=["sources", r.source]),
        empty=_("No file yet"),
        hint=_("Open a source and import its file there."),
    ),
    Resource(
        name="sources",
        title=_("Sources"),
        group="customers",
        icon="upload",
        roles=SOURCES,
        order=12,
        about=_("What departments, channels and partners deliver about customers."),
        columns=[
            Column("name", _("Source"), "local", value=lambda s: s),
            Column("code", _("Code"), "mono"),
            Column("department", _("Department"), "label"),
            Column("trust", _("Trust"), "number"),
            Column("records", _("Records"), "number"),
        ],
        whole=_sources,
        link=lambda s: reverse("console:detail", args=["sources", s.code]),
        detail=_source,
        empty=_("No sources yet"),
    ),
    Resource(
        name="managers",
        title=_("Managers"),
        group="customers",
        icon="user",
        roles=CUSTOMERS,
        order=11,
        about=_("Who serves customers, and how many he leads. Customers belong to the bank."),
        search=_("Staff code"),
        columns=[
            Column("staff_code", _("Staff code"), "mono"),
            Column("name", _("Name")),
            Column("department", _("Department"), "label"),
            Column("led", _("Customers led"), "number"),
            Column("tasks", _("All tasks"), "number"),
        ],
        whole=_managers,
        link=lambda s: reverse("console:detail", args=["managers", s.staff_code]),
        detail=_manager,
        empty=_("Nobody serves by name yet"),
    ),
)
