"""Every index is one that a query can use, and none is kept twice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.timezone import now

from liti.accounts.models import BoundCard, ElectronicAccount
from liti.care.models import Request
from liti.core.models import Delivery
from liti.groups.models import Diagnosis, SegmentMember, StageSpan
from liti.ledger.models import Hold
from liti.lending.models import Collection
from liti.market.models import Order, PreparedOrder
from liti.market.rules import AT_THE_ENGINE, UNDER_WAY
from liti.payments.models import Payment, StandingOrderDue
from liti.payments.rules import UNDECIDED

pytestmark = pytest.mark.django_db
# Tables of libraries come with the libraries' indexes.
THEIRS = ("account_", "auth_", "core_user_", "django_", "mfa_", "oauth2_", "procrastinate_")

# The question that each partial index and each one over an expression is there for, as its room
# asks it. Who adds such an index adds its question.
ASKED_BY = {
    "care_request_waiting": lambda: Request.objects.filter(
        status__in=["received", "assigned"]
    ).order_by("due_on"),
    "detail_by_hold": "SELECT * FROM ledger_detail WHERE hold_id = gen_random_uuid()",
    "detail_by_original": "SELECT * FROM ledger_detail WHERE reverses_id = gen_random_uuid()",
    "hold_by_expiry": lambda: Hold.objects.filter(status="pending", expires_at__lte=now()).order_by(
        "expires_at"
    ),
    "hold_pending_out": lambda: Hold.objects.filter(status="pending", debit_number=1),
    "account_number_end": lambda: ElectronicAccount.objects.annotate(end=Right("number", 4)).filter(
        end="1234"
    ),
    "bound_card_end": lambda: BoundCard.objects.annotate(end=Right("pan_masked", 4)).filter(
        end="1234"
    ),
    "collection_waiting": lambda: Collection.objects.filter(state="waiting").order_by(
        "contract_id", "period"
    ),
    "delivery_due": lambda: Delivery.objects.filter(
        handler="a.b", state="waiting", due_at__lte=now()
    ).order_by("due_at", "seq"),
    "delivery_failed": lambda: Delivery.objects.exclude(failed_at=None).order_by("-failed_at"),
    "diagnoses_now": lambda: Diagnosis.objects.filter(criterion="a", until=None),
    "due_waiting": lambda: StandingOrderDue.objects.filter(state="waiting").order_by(
        "order_id", "due_on"
    ),
    "market_order_by_reference": lambda: Order.objects.filter(reference="F20261125-1"),
    "market_order_here": lambda: Order.objects.filter(
        Q(status__in=AT_THE_ENGINE, final=False, confirms_on__lte=now().date()), over_the_wire=False
    ),
    "market_order_of_account": lambda: Order.objects.filter(
        account_id__in=["01a213ae-20fe-71a3-85ec-541e06525ea7"], status__in=UNDER_WAY
    ),
    "market_order_to_ask": lambda: Order.objects.filter(look_at__lte=now()),
    "market_prepared_waiting": lambda: PreparedOrder.objects.filter(
        status="waiting", expires_at__lte=now()
    ),
    "market_quote_open": lambda: Order.objects.filter(
        status__in=("quoted", "suitable"), quoted_until__lt=now()
    ),
    "members_now": lambda: SegmentMember.objects.filter(segment_code="a", until=None),
    "parties_party_id_number_trgm": "SELECT id FROM parties_party"
    " WHERE id_number::text LIKE '%%051234'",
    "parties_party_mobile_trgm": "SELECT id FROM parties_party WHERE mobile::text LIKE '%%051234'",
    "parties_record_mobile_trgm": "SELECT id FROM parties_sourcerecord"
    " WHERE mobile::text LIKE '%%051234'",
    "payment_by_reference": lambda: Payment.objects.filter(clearing_reference="N-1"),
    "payment_undecided": lambda: Payment.objects.filter(status__in=UNDECIDED).order_by(
        "attempts", "id"
    ),
    "stage_now": lambda: StageSpan.objects.filter(stage="a", until=None),
}

_SPECIAL = """
SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique
    AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL) AND NOT t.relname ~ %s
"""
# Whose columns are the first ones of another index of the table, in its order.
_TWICE = """
SELECT s.relname
FROM pg_index a JOIN pg_index b ON b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid
JOIN pg_class t ON t.oid = a.indrelid
JOIN pg_class s ON s.oid = a.indexrelid
JOIN pg_class l ON l.oid = b.indexrelid AND l.relam = s.relam
WHERE s.relnamespace = 'public'::regnamespace AND NOT a.indisunique
    AND a.indexprs IS NULL AND b.indexprs IS NULL
    AND pg_get_expr(a.indpred, a.indrelid) IS NOT DISTINCT FROM pg_get_expr(b.indpred, b.indrelid)
    AND a.indnkeyatts <= b.indnkeyatts AND NOT t.relname ~ %s
    AND (string_to_array(a.indkey::text, ' '))[1:a.indnkeyatts]
        = (string_to_array(b.indkey::text, ' '))[1:a.indnkeyatts]
    AND (string_to_array(a.indclass::text, ' '))[1:a.indnkeyatts]
        = (string_to_array(b.indclass::text, ' '))[1:a.indnkeyatts]
    AND (string_to_array(a.indoption::text, ' '))[1:a.indnkeyatts]
        = (string_to_array(b.indoption::text, ' '))[1:a.indnkeyatts]
"""
# All other indexes of its table are out of the planner's sight until the test rolls back.
_ALONE = """
UPDATE pg_index SET indisvalid = false WHERE indexrelid <> %s::regclass
    AND indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = %s::regclass)
"""


def names(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"^({'|'.join(THEIRS)})"])
        return {row[0] for row in cursor.fetchall()}


def test_each_special_index_names_its_question():
    found = names(_SPECIAL)
    untold = sorted(found - set(ASKED_BY))
    assert not untold, f"{untold}: say in ASKED_BY which query they are for, or drop them"
    gone = {n for n in set(ASKED_BY) - found if not n.endswith("_trgm")}
    assert not gone, f"{sorted(gone)}: there is no such index any more"


@pytest.mark.parametrize("index", sorted(ASKED_BY))
def test_its_question_can_use_it(index):
    if index not in names(_SPECIAL):
        pytest.skip("this PostgreSQL has no pg_trgm")
    asked = ASKED_BY[index]
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [index, index])
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        if isinstance(asked, str):
            cursor.execute("EXPLAIN " + asked, [])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        else:
            plan = asked().explain()
    assert f" {index} " in plan, plan


def test_an_index_of_other_rows_than_asked_for_is_found_out():
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX payment_undecided")
        cursor.execute(
            "CREATE INDEX payment_undecided ON payments_payment (attempts, id)"
            " WHERE status IN ('sent', 'unknown')"
        )
    with pytest.raises(AssertionError):
        test_its_question_can_use_it("payment_undecided")


def test_no_index_is_the_beginning_of_another():
    twice = sorted(names(_TWICE))
    assert not twice, f"{twice}: a longer one serves as well; db_index=False on the column"
