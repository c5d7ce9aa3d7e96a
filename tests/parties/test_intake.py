"""Files in: good rows kept, bad rows named, wrong files refused whole."""

from __future__ import annotations

import csv
from datetime import timedelta

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.parties.builders import known_party, people, row_of, write_csv

from liti.core.audit import accesses
from liti.core.clock import local_date
from liti.core.context import Actor, acting
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from liti.core.ids import uuid7
from liti.core.models import AccessLog
from liti.parties import queries, services
from liti.parties.models import SourceRecord
from liti.sample.people.identity import uscc

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rejects_apart(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path / "data"


def _rows(count=3):
    return [row_of(h, f"R{h.number}") for h in people(count)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_is_read(tmp_path, encoding):
    path = write_csv(tmp_path / "r.csv", _rows(), encoding)
    assert services.import_source("retail", path).accepted == 3
    assert SourceRecord.objects.get(source_key="R0").name == people(1)[0].name


def test_excel_and_parquet_are_read(tmp_path):
    rows = _rows()
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(tmp_path / "c.xlsx")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "d.parquet")
    assert services.import_source("cards", tmp_path / "c.xlsx").accepted == 3
    assert services.import_source("direct", tmp_path / "d.parquet").accepted == 3


def test_the_same_file_twice_changes_nothing_and_a_changed_row_is_taken(tmp_path):
    rows = _rows()
    services.import_source("retail", write_csv(tmp_path / "r.csv", rows))
    before = list(SourceRecord.objects.order_by("id").values())

    again = services.import_source("retail", tmp_path / "r.csv")
    assert (again.accepted, again.unchanged) == (3, 3)
    assert list(SourceRecord.objects.order_by("id").values()) == before

    rows[0]["mobile"] = "13812345678"
    third = services.import_source("retail", write_csv(tmp_path / "r.csv", rows))
    assert third.unchanged == 2
    assert SourceRecord.objects.get(source_key="R0").mobile == "13812345678"
    assert SourceRecord.objects.get(source_key="R0").id == before[0]["id"]


def test_bad_rows_are_named_and_good_ones_kept(tmp_path):
    rows = _rows(7)
    rows[1]["source_key"] = ""
    rows[2]["address"] = "长" * 1_000_000
    rows[3]["source_key"] = "R0"
    rows[4]["id_number"] = rows[4]["id_number"][:-1] + "?"
    rows[5]["name"] = ""
    rows[6]["birth_date"], rows[6]["mobile"] = "31.02.2001", '=HYPERLINK("http://x")'

    report = services.import_source("retail", write_csv(tmp_path / "r.csv", rows))

    assert (report.rows_read, report.accepted, report.rejected, report.warned) == (7, 3, 4, 2)
    with report.rejects_path.open(encoding="utf-8-sig") as file:
        listed = list(csv.DictReader(file))
    assert {(r["row"], r["column"], r["row_rejected"]) for r in listed} == {
        ("3", "source_key", "yes"),
        ("4", "address", "yes"),
        ("5", "source_key", "yes"),
        ("6", "id_number", "no"),
        ("7", "name", "yes"),
        ("8", "birth_date", "no"),
        ("8", "mobile", "no"),
    }
    assert all(r["problem"] and r["remedy"] for r in listed)
    assert not any(value.startswith("=") for r in listed for value in r.values())
    kept = SourceRecord.objects.get(source_key="R4")
    assert kept.id_number == ""
    assert kept.id_number_claimed


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("broken.xlsx", b"PK\x03\x04 no workbook"),
        ("cut.parquet", b"PAR1 cut off"),
        ("column.csv", b"source_key,mobile\nR1,13812345678\n"),
        ("twice.csv", b"source_key,name,name\nR1,a,b\n"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_nothing_is_imported(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput) as refusal:
        services.import_source("retail", tmp_path / name)
    assert name in str(refusal.value)
    assert refusal.value.remedy
    assert not SourceRecord.objects.exists()


def test_an_unknown_source_names_the_known_ones(tmp_path):
    with pytest.raises(NotFound, match="retail"):
        services.import_source("nobody", write_csv(tmp_path / "r.csv", _rows()))


def test_a_dry_run_writes_nothing(tmp_path):
    report = services.import_source("retail", write_csv(tmp_path / "r.csv", _rows()), dry_run=True)
    assert report.accepted == 3
    assert not SourceRecord.objects.exists()


def _one_party(tmp_path):
    services.import_source("retail", write_csv(tmp_path / "one.csv", _rows(1)))
    services.match_all()
    return queries.party_by_source("retail")["R0"]


def test_the_latest_word_of_consent_wins_and_a_withdrawal_survives_the_next_run(tmp_path):
    rows = [row_of(people(1)[0], "R0", consent_sms="Y")]
    services.import_source("retail", write_csv(tmp_path / "one.csv", rows))
    services.match_all()
    party_id = queries.party_by_source("retail")["R0"]
    ask = {"purpose": "marketing", "channel": "sms", "on": local_date() + timedelta(days=1)}
    assert queries.consented([party_id], **ask) == {party_id}

    services.withdraw_consent(party_id, "marketing", "sms")
    services.match_all()

    assert queries.consented([party_id], **ask) == set()
    assert [c.granted for c in queries.consents_of(party_id)] == [False]


def test_personal_data_is_masked_and_reading_it_is_logged(tmp_path):
    party_id, human = _one_party(tmp_path), people(1)[0]
    masked = queries.party(party_id)
    assert human.id_number not in repr(masked)
    assert human.mobile not in repr(masked)
    assert not accesses("party", party_id)

    assert queries.reveal(party_id, "call back").mobile == human.mobile
    assert [a.purpose for a in accesses("party", party_id)] == ["call back"]


def test_search_finds_by_name_sound_mobile_and_number(tmp_path):
    party_id, human = _one_party(tmp_path), people(1)[0]
    sound = SourceRecord.objects.get(source_key="R0").name_pinyin
    for text in (human.name, sound.lower(), human.mobile[-4:], human.id_number, "r0"):
        assert [p.id for p in queries.search(text)] == [party_id], text


def test_sign_up_gives_a_known_person_the_known_party(tmp_path):
    party_id, human = _one_party(tmp_path), people(1)[0]
    person = services.NewPerson(human.name, human.id_number, "13900001111")
    assert services.register_person(person) == party_id
    with pytest.raises(Conflict):
        services.register_person(services.NewPerson("欧阳修远", human.id_number, "13900001111"))
    with pytest.raises(InvalidInput):
        services.register_person(services.NewPerson(human.name, "123", "13900001111"))
    other = people(2)[1]
    new = services.register_person(services.NewPerson(other.name, other.id_number, other.mobile))
    assert new != party_id
    services.match_all()
    [signed_up] = [
        party
        for key, party in queries.party_by_source("direct").items()
        if key.startswith("online:") and party != party_id
    ]
    assert signed_up == new
    assert len(queries.service_team(new)) == 1


def test_a_shortened_id_number_is_no_claim_and_a_guarded_one_is_read(tmp_path):
    human = people(1)[0]
    rows = [row_of(human, "R0"), row_of(human, "R1"), row_of(human, '="R2"')]
    rows[0]["id_number"] = "1.10105E+17"
    rows[1]["source_key"] = "1.10105E+17"
    rows[2]["id_number"] = f'="{human.id_number}"'

    report = services.import_source("retail", write_csv(tmp_path / "r.csv", rows))

    assert (report.accepted, report.rejected, report.warned) == (2, 1, 1)
    assert report.findings == {"number_shortened": 2}
    shortened, guarded = SourceRecord.objects.order_by("source_key")
    assert (shortened.id_number, shortened.id_number_claimed) == ("", "")
    assert (guarded.source_key, guarded.id_number) == ("R2", human.id_number)


def test_placeholders_are_left_out_and_nobody_is_no_customer(tmp_path):
    rows = _rows(4)
    rows[0] |= {"id_number": "", "mobile": "13800138000", "birth_date": "1900-01-01"}
    rows[1] |= {"name": "未知"}
    rows[2] |= {"id_number": "", "email": "none@none.com", "address": "不详"}
    rows[3] |= {"source_key": "R\x0b3"}

    report = services.import_source("retail", write_csv(tmp_path / "r.csv", rows))

    assert (report.accepted, report.rejected) == (2, 2)
    assert report.findings == {"placeholder": 3, "name_missing": 1, "key_control": 1}
    first, third = SourceRecord.objects.order_by("source_key")
    assert (first.mobile, first.birth_date) == ("", None)
    assert (third.email, third.address) == ("", "")
    run = queries.import_runs()[0]
    assert run.findings == report.findings


@pytest.mark.parametrize("cell", [" =1+1", "＝1+1", "\u3000@x", "\t-1", "+1", "@a"])
def test_nothing_in_the_rejects_runs_in_a_spreadsheet(tmp_path, cell):
    rows = _rows(1)
    rows[0]["birth_date"] = cell
    report = services.import_source("retail", write_csv(tmp_path / "r.csv", rows))
    with report.rejects_path.open(encoding="utf-8-sig") as file:
        [listed] = csv.DictReader(file)
    assert listed["value"].startswith("'")


def test_personal_data_is_revealed_to_whom_it_is_declared_for_and_with_a_purpose():
    party_id = known_party()
    marketer = Actor("staff", "m", uuid7(), roles=frozenset({"marketing_operator"}))
    desk = Actor("staff", "d", uuid7(), roles=frozenset({"service_desk"}))
    before = AccessLog.objects.count()
    with acting(marketer):
        assert queries.party(party_id).id_number == ""
        with pytest.raises(Forbidden):
            queries.reveal(party_id, "curious")
    with acting(desk), pytest.raises(InvalidInput):
        queries.reveal(party_id, "  ")
    assert AccessLog.objects.count() == before
    with acting(desk):
        assert queries.reveal(party_id, "call back").revealed
    assert AccessLog.objects.latest("id").purpose == "call back"


def test_the_corporate_department_s_file_holds_enterprises(tmp_path):
    """One enterprise of the payroll and the corporate file, with its representative."""
    human = people(1)[0]
    code = uscc("110105", "MA000001")
    firm = {
        "企业客户号": "E1", "企业名称": "京华测试科技有限公司", "统一社会信用代码": code,
        "法定代表人证件号": human.id_number, "客户经理工号": "CM001",
    }  # fmt: skip
    services.import_source("retail", write_csv(tmp_path / "r.csv", [row_of(human, "R1")]))
    report = services.import_source("corporate", write_csv(tmp_path / "c.csv", [firm]))
    assert (report.accepted, report.rejected) == (1, 0)
    record = SourceRecord.objects.get(source_id="corporate")
    assert (record.kind, record.uscc, record.rm_code) == ("organisation", code, "CM001")
    services.match_all()
    found = queries.party(queries.party_by_source("corporate")["E1"])
    assert found.kind == "organisation"
    head = queries.party_by_source("retail")["R1"]
    related = [(r.kind, r.other_id) for r in queries.relations_of(head)]
    assert ("legal_representative", found.id) in related
    bare = {k: v for k, v in firm.items() if k != "统一社会信用代码"}
    path = write_csv(tmp_path / "d.csv", [bare])
    with pytest.raises(InvalidInput):  # a file without the column is refused whole
        services.import_source("corporate", path)
