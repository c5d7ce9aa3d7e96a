"""What a batch is the same as, what a row lacks, which figure may be shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liti.partners.rules import (
    FIELD_LENGTHS,
    REQUIRED_FIELDS,
    aggregate_visible,
    content_hash,
    missing_fields,
    unreadable_fields,
)

ROWS = st.lists(st.dictionaries(st.sampled_from(list(FIELD_LENGTHS)), st.text(
    st.characters(exclude_categories=["Cs"]), max_size=20)), max_size=5)  # fmt: skip


@given(ROWS)
def test_the_order_of_keys_makes_no_other_batch(rows):
    turned = [dict(reversed(r.items())) for r in rows]
    assert content_hash(turned) == content_hash(rows)


@given(ROWS, st.integers(0, 4))
def test_any_other_content_is_another_batch(rows, at):
    other = [*rows[:at], {"member_no": "one more"}, *rows[at:]]
    assert content_hash(other) != content_hash(rows)


@given(st.sets(st.sampled_from(REQUIRED_FIELDS)), st.sampled_from(["", "  ", None]))
def test_every_empty_required_field_is_named(empty, blank):
    row = {name: blank if name in empty else "x" for name in REQUIRED_FIELDS}
    assert set(missing_fields(row)) == empty


@given(st.sampled_from(list(FIELD_LENGTHS)), st.integers(0, 200))
def test_a_field_is_readable_up_to_its_length(name, length):
    assert unreadable_fields({name: "x" * length}) == (
        [name] if length > FIELD_LENGTHS[name] else []
    )
    assert unreadable_fields({name: "a\0b"}) == [name]


@given(st.integers(0, 100), st.integers(1, 100))
def test_no_figure_about_fewer_than_the_minimum(members, minimum):
    assert aggregate_visible(members, minimum) is (members >= minimum)
