"""Departments' files as they come: guarded, shortened, cut off – named, and never guessed."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils import get_column_letter
from tests.parties.builders import people, row_of, write_csv

from liti.core.errors import InvalidInput
from liti.parties.files import read_table
from liti.parties.files.cells import plain, typed
from liti.parties.files.encodings import is_chinese

HEAD = ["source_key", "name", "id_number", "mobile", "birth_date"]
NAMES = "王小明 李娜 张伟 陈静 刘洋 黄丽 赵强 周敏 吴磊 徐艳 孙杰 欧阳娜娜 司马懿 诸葛亮"


def rows_of(path: Path) -> list[tuple[int, dict[str, str], dict[str, str]]]:
    return [(r.number, r.cells, r.damage) for r in read_table(path).rows]


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def patched(path: Path, was: str, now: str) -> Path:
    """The workbook with a text of its first sheet's XML replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                assert was in data.decode()
                data = data.decode().replace(was, now).encode()
            new.writestr(info, data)
    path.write_bytes(out.getvalue())
    return path


@pytest.mark.parametrize("claimed", ["A1:E1", "A1", "A1:C4", "A1:XFD1048576"])
def test_a_sheet_is_read_whole_whatever_size_it_claims(tmp_path, claimed):
    rows: list[list[object]] = [
        HEAD,
        *[[f"R{n}", "王明", "", "1381234567" + str(n), ""] for n in range(3)],
    ]
    path = patched(workbook(tmp_path / "c.xlsx", rows), 'ref="A1:E4"', f'ref="{claimed}"')
    assert [cells["mobile"] for _n, cells, _d in rows_of(path)] == [
        "13812345670", "13812345671", "13812345672",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "text", "damage"),
    [
        ('="X1001"', "X1001", ""),
        ('=("X1001")', "X1001", ""),
        ('=T("00123")', "00123", ""),
        ('＝"X1001"', "X1001", ""),
        ('="a ""b"""', 'a "b"', ""),
        ("'=SUM(A1)", "=SUM(A1)", "formula_unread"),
        ("=1+1", "=1+1", "formula_unread"),
        ("1.10105E+17", "1.10105E+17", "number_shortened"),
        ("1,10105e17", "1,10105e17", "number_shortened"),
        ("1E+17", "1E+17", "number_shortened"),
        ("12E5", "12E5", ""),
        ("#N/A", "#N/A", "cell_error"),
        ("########", "########", "cell_error"),
        ("王\ue000明", "王\ue000明", "cell_characters"),
        ("王\ufffd明", "王\ufffd明", "cell_characters"),
        ("  ", "", ""),
    ],
)
def test_a_cell_says_what_it_lost(written, text, damage):
    found = plain(written)
    assert (found.text, found.damage) == (text, damage)


@pytest.mark.parametrize(
    ("value", "text", "damage"),
    [
        (13812345678.0, "13812345678", ""),
        (1.10105199003077e17, "110105199003077000", "number_shortened"),
        (float("nan"), "nan", "cell_error"),
        (Decimal("110105199003076633"), "110105199003076633", ""),
        (dt.datetime(1990, 3, 6, 16, tzinfo=dt.UTC), "1990-03-07", ""),
        (dt.datetime(1990, 3, 6, 16), "1990-03-06", ""),  # noqa: DTZ001 – a cell without a zone
        (dt.date(1990, 3, 6), "1990-03-06", ""),
        (b"\xff\xfe", "\ufffd\ufffd", "cell_characters"),
        (["a"], "['a']", "cell_type"),
    ],
)
def test_a_typed_value_becomes_text_or_says_why_not(value, text, damage):
    found = typed(value)
    assert (found.text, found.damage) == (text, damage)


def test_a_workbook_tells_lost_digits_merged_cells_and_formulas_without_value(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [HEAD, ["R1", "王明", 110105199003076633, "=A1", ""], ["R2", None, "", "", ""]]:
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.create_sheet("second").append(["more"])
    book.save(tmp_path / "c.xlsx")
    table = read_table(tmp_path / "c.xlsx")
    found = {r.cells["source_key"]: r.damage for r in table.rows}
    assert found == {
        "R1": {"id_number": "number_shortened", "mobile": "formula_unread"},
        "R2": {"name": "cell_merged"},
    }
    assert table.left_out == ("second",)


def test_a_hidden_first_sheet_is_not_what_a_person_sees(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    book.active.sheet_state = "hidden"
    seen = book.create_sheet("seen")
    seen.append(HEAD)
    seen.append(["R1", "王明", "", "13812345678", ""])
    book.save(tmp_path / "c.xlsx")
    assert [cells["source_key"] for _n, cells, _d in rows_of(tmp_path / "c.xlsx")] == ["R1"]


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;;;"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_separator_line_of_spreadsheets_is_understood(tmp_path, line, encoding):
    path = tmp_path / "s.csv"
    text = f"{line}\r\nsource_key;name;mobile\r\nR1;王小明;13812345678\r\n"
    path.write_bytes(text.encode(encoding))
    assert rows_of(path) == [
        (3, {"source_key": "R1", "name": "王小明", "mobile": "13812345678"}, {})
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gbk", "gb18030"]
)
def test_chinese_encodings_are_told_apart(tmp_path, encoding):
    path = tmp_path / "e.csv"
    path.write_bytes(
        ("source_key,name\nR1,欧阳喆\nR2," + NAMES.replace(" ", "\nR3,") + "\n").encode(encoding)
    )
    assert rows_of(path)[0][1]["name"] == "欧阳喆"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("big5", "王小明 張偉 陳靜 劉洋 歐陽娜娜 臺北市信義區"),
        ("cp1252", "Jürgen Müller, Café Straße Köln, Señor Núñez"),
        ("latin-1", "Łukasz".replace("Ł", "L") + " Björk Ångström é è ü"),
        ("euc-kr", "김철수 이영희 박지성 서울특별시 강남구 대한민국 부산광역시 해운대구"),
        ("shift-jis", "山田太郎 サトウ ハナコ 東京都 ミナトク ロッポンギ"),
        ("cp1251", "Иван Петров Москва улица Ленина"),
    ],
)  # fmt: skip
def test_another_encoding_is_refused_and_not_taken_for_chinese(tmp_path, encoding, text):
    path = tmp_path / "o.csv"
    path.write_bytes(f"source_key,name\nR1,{text}\n".encode(encoding))
    with pytest.raises(InvalidInput, match=r"o\.csv"):
        rows_of(path)


def test_chinese_is_chinese():
    assert is_chinese(NAMES * 3)
    assert is_chinese("北京市朝阳区人民路１号，王喆")


def test_dates_beyond_the_calendar_are_damaged_not_fatal(tmp_path):
    odd = pa.table(
        {
            "source_key": ["R1", "R2"],
            "name": ["王明", "李明"],
            "birth_date": pa.array([10**7, 0], pa.int32()).cast(pa.date32()),
            "mobile": pa.array([13812345678, None], pa.int64()),
        }
    )
    pq.write_table(odd, tmp_path / "d.parquet")
    assert [(c["birth_date"], d) for _n, c, d in rows_of(tmp_path / "d.parquet")] == [
        ("?", {"birth_date": "cell_type"}),
        ("1970-01-01", {}),
    ]


def _good_files(folder: Path) -> list[Path]:
    rows = [row_of(h, f"R{h.number}") for h in people(60)]
    sheet = [list(rows[0]), *[list(r.values()) for r in rows]]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, folder / "a.parquet", compression="zstd")
    pq.write_table(table, folder / "b.parquet", compression="none", use_dictionary=False)
    return [
        workbook(folder / "a.xlsx", sheet),
        folder / "a.parquet",
        folder / "b.parquet",
        write_csv(folder / "a.csv", rows, "utf-8"),
        write_csv(folder / "b.csv", rows, "gb18030"),
        write_csv(folder / "c.csv", rows, "utf-16"),
    ]


def _mutated(data: bytes, dice: random.Random) -> bytes:
    kind, at = dice.randrange(5), dice.randrange(len(data))
    if kind == 0:
        return data[:at]
    span = dice.randrange(1, 200)
    if kind == 1:
        return data[:at] + data[at + span :]
    if kind == 2:
        return data[:at] + dice.randbytes(span) + data[at + span :]
    if kind == 3:
        return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
    return data[:at] + data[at : at + span] * 2 + data[at + span :]


def _rewritten_part(data: bytes, dice: random.Random) -> bytes:
    """A workbook whole as an archive, one part of it broken."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        victim = dice.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, _mutated(part, dice) if name == victim and part else part)
    return out.getvalue()


def test_hundreds_of_broken_files_are_read_or_refused_by_name(tmp_path):
    dice = random.Random(20261125)
    refused = 0
    for good in _good_files(tmp_path):
        data = good.read_bytes()
        for n in range(80):
            bad = tmp_path / f"broken-{n}{good.suffix}"
            whole = good.suffix == ".xlsx" and n % 2
            bad.write_bytes(_rewritten_part(data, dice) if whole else _mutated(data, dice))
            refused += bool(refusal := _refusal(bad))
            if refusal:
                assert bad.name in str(refusal)
                assert refusal.remedy
    assert refused > 100


def _refusal(path: Path) -> InvalidInput | None:
    try:
        for row in read_table(path).rows:
            assert set(row.damage) <= set(row.cells)
    except InvalidInput as refusal:
        return refusal
    return None


def test_columns_beyond_z_are_read(tmp_path):
    wide = [f"c{n}" for n in range(40)] + HEAD
    path = workbook(tmp_path / "w.xlsx", [wide, ["x"] * 40 + ["R1", "王明", "", "13812345678", ""]])
    patched(path, f'ref="A1:{get_column_letter(45)}2"', 'ref="A1:B1"')
    assert rows_of(path)[0][1]["mobile"] == "13812345678"
