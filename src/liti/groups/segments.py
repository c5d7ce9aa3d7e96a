"""What a segment is: its definition by versions, and asking a rule without keeping it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from liti.core import events
from liti.core.authority import command, query
from liti.core.clock import business_date
from liti.core.errors import InvalidInput
from liti.core.roles import GROUPS
from liti.core.sql import Arguments, text
from liti.groups.compile import compile_rule
from liti.groups.events import SEGMENT_DEFINED
from liti.groups.models import Segment
from liti.groups.wide import customers, read_rule
from liti.insight import queries as insight

SAMPLE_MAX = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """How many customers a rule finds today, and some of them."""

    count: int
    customers: int
    sample: tuple[UUID, ...]


_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_COUNT = sql.SQL("SELECT count(*) FILTER (WHERE {condition}), count(*) FROM {customers} c")
_SAMPLE = sql.SQL(
    "SELECT c.party_id FROM {customers} c WHERE {condition} ORDER BY c.party_id LIMIT %(most)s"
)


def require_code(code: str) -> None:
    """Raise InvalidInput for what can be no segment's code."""
    if not _CODE.fullmatch(code):
        raise InvalidInput(
            "groups.invalid_code",
            _("“%(code)s” is no code of a segment.") % {"code": code},
            remedy=_("Use lower-case letters, digits and _, beginning with a letter, at most 40."),
            field="code",
        )


@command(system=("approvals", "demo"))
@transaction.atomic
def define_segment(
    code: str,
    *,
    name_zh: str,
    name_en: str,
    rule: dict[str, Any],
    owner_department: str,
    valid_from: date | None = None,
) -> int:
    """Define a segment, or its next version from a day on; returns the version.

    The same definition again changes nothing. Members follow at the next refresh. Raises
    InvalidInput naming the field (the code, or the place in the rule) that is not understood.
    """
    day = valid_from or business_date()
    require_code(code)
    read_rule(rule, day)
    current = Segment.objects.select_for_update().filter(code=code, valid_to=None).first()
    given = {
        "name_zh": name_zh,
        "name_en": name_en,
        "rule": rule,
        "owner_department": owner_department,
    }
    if current is None:
        last = Segment.objects.filter(code=code).order_by("-version").first()
        version = last.version + 1 if last else 1
    elif all(getattr(current, name) == value for name, value in given.items()):
        return current.version
    elif day < current.valid_from:
        raise InvalidInput(
            "groups.segment_goes_back",
            _("Segment %(code)s has a version from %(day)s; a new one can't begin before it.")
            % {"code": code, "day": current.valid_from},
            field="valid_from",
        )
    else:
        version = current.version + 1
        if day == current.valid_from:
            current.delete()
        else:
            Segment.objects.filter(id=current.id).update(valid_to=day)
    Segment.objects.create(code=code, version=version, valid_from=day, **given)
    events.emit(SEGMENT_DEFINED, f"segment:{code}", {"code": code, "version": version})
    return version


@query(staff=GROUPS)
def preview(rule: Any, *, on: date | None = None, sample: int = 10) -> Preview:
    """Ask a rule without keeping anything. Raises InvalidInput."""
    day = on or insight.latest_day() or business_date()
    values = Arguments(most=min(sample, SAMPLE_MAX))
    parts = {
        "condition": compile_rule(read_rule(rule, day), values),
        "customers": customers(day, values),
    }
    with connection.cursor() as cursor:
        cursor.execute(text(_COUNT.format(**parts)), values)
        found, everybody = cursor.fetchone()
        cursor.execute(text(_SAMPLE.format(**parts)), values)
        ids = tuple(row[0] for row in cursor.fetchall())
    return Preview(found, everybody, ids)
