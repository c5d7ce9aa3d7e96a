"""The one edge: text, whole numbers, days and JSON, strict and exact."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from liti.core import entrance
from liti.core.errors import InvalidInput


@pytest.mark.parametrize("text", ["", "张伟", "a\tb\r\nc", "𠮷", "🀄", "é", "\u00a0", "\u202a"])
def test_what_is_text_stays_as_it_is(text):
    assert entrance.clean_text(text) == text


@pytest.mark.parametrize("bad", ["\0", "a\0", "\x1b[1m", "\x7f", "\ud800", chr(0xDC00), "\uffff"])
def test_what_is_no_text_is_refused_by_name_with_its_field(bad):
    with pytest.raises(InvalidInput) as refused:
        entrance.clean_text(f"x{bad}", field="name")
    assert refused.value.code == "core.text.unreadable"
    assert refused.value.data["field"] == "name"
    str(refused.value).encode()  # what is said of it can be sent


def test_a_text_has_an_end():
    assert entrance.clean_text("abc", most=3) == "abc"
    with pytest.raises(InvalidInput, match="too long"):
        entrance.clean_text("abcd", most=3)


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("-7", -7), (12, 12), (str(2**62), 2**62)])
def test_a_whole_number_is_read(text, number):
    assert entrance.whole(text) == number


@pytest.mark.parametrize(
    "bad",
    [True, 5.0, None, "", " 5", "5 ", "5.0", "1_000", "1,000", "1e3", "+1", "٣", "５", "0x1",
     "9" * 30, "9" * 5000, 2**63, -(2**63) - 1, "NaN", [1]],
)  # fmt: skip
def test_nothing_else_is_a_whole_number(bad):
    with pytest.raises(InvalidInput) as refused:
        entrance.whole(bad, field="limit")
    assert refused.value.data["field"] == "limit"
    assert len(str(refused.value)) < 300


def test_a_day_is_read():
    assert entrance.day("2026-11-25") == date(2026, 11, 25)
    assert entrance.day(date(2199, 12, 31)) == entrance.LAST_DAY


@pytest.mark.parametrize(
    "bad",
    ["", "0000-01-01", "0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "2026-02-30", 0,
     "2026-1-5", "20261125", "2026-W48-3", "2026-11-25T00:00:00", " 2026-11-25", "２０２６-11-25",
     date(9999, 12, 31), datetime(2026, 11, 25), None, True],  # noqa: DTZ001
)  # fmt: skip
def test_nothing_else_is_a_day(bad):
    with pytest.raises(InvalidInput):
        entrance.day(bad)


def test_json_is_read():
    assert entrance.json_of('{"a": [1, 2.5, "键", null, true]}'.encode()) == {
        "a": [1, 2.5, "键", None, True]
    }


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe{}", "键".encode("gb18030"), b'{"a": 1, "a": 2}', b'{"a": {"b":1,"b":1}}',
     b"NaN", b"[Infinity]", b"-Infinity", b"1e400", b"9" * 41, b"9" * 6000, b"0." + b"1" * 50,
     b"[" * 22 + b"]" * 22, b"[" * 100_000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b'"\\u0000"',
     b'"\\ud800"', b'{"\\u0000": 1}', b"{}{}", b"\xef\xbb\xbf{}"],
)  # fmt: skip
def test_json_that_two_readers_could_read_differently_is_refused(body):
    with pytest.raises(InvalidInput) as refused:
        entrance.json_of(body)
    str(refused.value).encode()
