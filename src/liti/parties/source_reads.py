"""Reading what departments, channels and partners deliver."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from liti.core.authority import BATCHES, open_to_all, own, query
from liti.core.roles import CUSTOMERS, STAFF
from liti.parties.identity import resolve
from liti.parties.models import ImportRun, Source, SourceRecord
from liti.parties.rules import masking
from liti.parties.views import ImportRunView, SourceRecordView, SourceView


@open_to_all("which departments deliver")
def sources() -> list[SourceView]:
    """All sources with their number of records."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.code, s.name_zh, s.name_en, s.department, s.kind, s.trust, "
            "(SELECT count(*) FROM parties_sourcerecord r WHERE r.source_id = s.code) "
            "FROM parties_source s ORDER BY s.trust DESC, s.code"
        )
        return [SourceView(*row) for row in cursor.fetchall()]


@query(staff=STAFF, system=BATCHES)
def import_runs(limit: int = 20) -> list[ImportRunView]:
    """Files taken in, newest first."""
    return [
        ImportRunView(
            r.id, r.source_id, r.file_name, r.at, r.rows_read, r.accepted, r.unchanged,
            r.rejected, r.warned, r.rejects_name, dict(r.findings), tuple(r.left_out),
        )
        for r in ImportRun.objects.order_by("-id")[:limit]
    ]  # fmt: skip


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def sources_of(party_id: UUID) -> list[SourceRecordView]:
    """What each department has on file of the party."""
    rows = SourceRecord.objects.filter(party_id=resolve([party_id])[party_id])
    held = ("name", "id_number", "mobile", "email", "birth_date", "sex", "address", "rm_code")
    kinds = {s.code: s for s in Source.objects.all()}
    return [
        SourceRecordView(
            id=r.id,
            source=r.source_id,
            department=kinds[r.source_id].department,
            name_zh=kinds[r.source_id].name_zh,
            name_en=kinds[r.source_id].name_en,
            source_key=r.source_key,
            fields_held=tuple(f for f in held if getattr(r, f)),
            name_masked=masking.name(r.name) if r.kind == "person" else r.name,
            mobile_masked=masking.mobile(r.mobile),
            email_masked=masking.email(r.email),
            first_seen=r.first_seen,
            last_seen=r.last_seen,
        )
        for r in rows.order_by("source_id", "source_key")
    ]
