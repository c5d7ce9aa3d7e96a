"""A thing's history on its page: who wrote what and when, from what to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from liti.console.resources import Column, Panel, Text
from liti.core.history import Revision

NOTHING, HISTORY = "—", _("History")


def history_panel(
    revisions: Sequence[Revision],
    names: Mapping[str, Text],
    shows: Mapping[str, Callable[[Any], str]] | None = None,
    title: Text = HISTORY,
) -> Panel:
    """The panel; only the columns that `names` titles are shown, written by `shows`."""
    written = shows or {}

    def changes(revision: Revision) -> str:
        lines = []
        for column, (before, after) in revision.changes.items():
            if column in names:
                old, new = (_shown(v, written.get(column, str)) for v in (before, after))
                lines.append(f"{names[column]}: {new if old == NOTHING else f'{old} → {new}'}")
        return "; ".join(lines) or NOTHING

    return Panel(
        title,
        columns=[
            Column("at", _("At"), "moment"),
            Column("actor", _("By"), "people", value=_who),
            Column("row", _("Of")),
            Column("changes", _("What changed"), value=changes),
        ],
        rows=revisions,
        empty=_("Nothing has been changed yet"),
    )


def _who(revision: Revision) -> str:
    return revision.doer


def _shown(value: Any, show: Callable[[Any], str]) -> str:
    return NOTHING if value in (None, "") else show(value)
