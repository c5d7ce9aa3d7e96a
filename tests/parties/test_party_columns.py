"""No room keeps a customer's id that a merge would not reach."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from liti.core.party_ids import READ, columns, declared

pytestmark = pytest.mark.django_db

# Columns that hold ids of other things, by name; what they hold is in the name.
OTHER_THINGS = {
    "id", "account_id", "loan_account_id", "debit_account_id", "credit_account_id", "transfer_id",
    "rounding_transfer_id", "order_id", "offer_id", "product_id", "version_id",
    "supplier_id", "fund_id", "holding_id", "event_id", "policy_id", "benefit_id", "plan_id",
    "plan_item_id", "partner_id", "card_id", "contract_id", "merge_id", "left_id",
    "right_id", "approval_id", "replaces_id", "maker_id", "checker_id", "actor_id", "user_id",
    "stands_in_for_id", "request_id", "hold_id", "reverses_id",
}  # fmt: skip
# Columns that do hold a party's id and stay as they are, with the reason.
NONE = {
    "parties_party.id": "the party itself",
    "parties_partyalias.alias_id": "the id that was merged away, for ever",
    "parties_merge.was": "the merge tells of the ids of its day",
    "parties_merge.heir": "the merge tells of the ids of its day",
    "parties_move.was": "the log by which a merge is taken back",
}


def _uuid_columns() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname = current_schema()"
            " AND a.atttypid IN ('uuid'::regtype, 'uuid[]'::regtype) AND NOT a.attisdropped"
        )
        return [(table, column) for table, column in cursor.fetchall() if table in _ours()]


def _is_row_history(table: str) -> bool:
    """The history that the database keeps of rows tells how they were; ids of that day."""
    return any(f.name == "pgh_id" for f in _ours()[table]._meta.fields)


def _ours() -> dict[str, type[models.Model]]:
    return {m._meta.db_table: m for m in apps.get_models() if m.__module__.startswith("liti.")}


def test_every_column_with_a_customers_id_says_what_a_merge_does_to_it():
    known = declared()
    unknown = sorted(
        f"{table}.{column}"
        for table, column in _uuid_columns()
        if f"{table}.{column}" not in {*known, *NONE}
        and column not in OTHER_THINGS
        and not _is_row_history(table)
    )
    assert not unknown, (
        f"{unknown}: a merge would leave these on a dead id. Declare each as a PartyIdField"
        " (core.party_ids), or name it here with what else it holds"
    )


def test_what_names_a_party_is_declared_whatever_the_list_says():
    for table, column in _uuid_columns():
        place = f"{table}.{column}"
        if "party" in column and not _is_row_history(table):
            assert place in declared(), place


def test_no_exception_outlives_its_column():
    places = {f"{table}.{column}" for table, column in _uuid_columns()}
    assert set(NONE) <= places
    assert not set(NONE) & set(declared())


def test_the_declared_columns_exist_and_can_be_moved_by_their_keys():
    places = {f"{table}.{column}" for table, column in _uuid_columns()}
    assert set(declared()) <= places
    for column in columns():
        # a row that moves must be found again by the rest of its key
        assert column.key or column.field.on_merge == READ, column.place
