"""Records become parties: scored against the truth, guarded, with ids that stay."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations

import pytest
from tests.parties.builders import department_files, id_for, people, row_of, write_csv

from liti.parties import queries, services
from liti.parties.models import MatchPair, Party, PartyAlias

pytestmark = pytest.mark.django_db


def _pairs(clusters):
    return {p for members in clusters.values() for p in combinations(sorted(members), 2)}


def _score(truth):
    found, real = defaultdict(list), defaultdict(list)
    for source in {s for s, _key in truth}:
        for key, party_id in queries.party_by_source(source).items():
            if (source, key) in truth:
                found[party_id].append((source, key))
    for record, human in truth.items():
        real[human].append(record)
    found_pairs, real_pairs = _pairs(found), _pairs(real)
    hits = len(found_pairs & real_pairs)
    return hits / max(1, len(found_pairs)), hits / len(real_pairs)


def test_departments_files_become_one_customer_each(tmp_path):
    files, truth = department_files(tmp_path, people(300))
    for source, path in files.items():
        services.import_source(source, path)

    report = services.match_all()

    precision, recall = _score(truth)
    assert precision >= 0.99, precision
    assert recall >= 0.95, recall
    assert report.records == len(truth)
    explained = MatchPair.objects.filter(decision="merged", rule="model").first()
    assert explained is None or explained.explanation["weights"]


def test_a_second_run_changes_no_id(tmp_path):
    files, _truth = department_files(tmp_path, people(120))
    for source, path in files.items():
        services.import_source(source, path)
    services.match_all()
    before = {s: queries.party_by_source(s) for s in files}

    services.match_all()

    assert {s: queries.party_by_source(s) for s in files} == before
    assert not PartyAlias.objects.exists()


def test_two_id_numbers_never_merge_whatever_else_agrees(tmp_path):
    one, other, *rest = people(100)
    twin = row_of(one, "C1", id_number=id_for("110105", one.birth, 222 + (one.sex == "M")))
    services.import_source(
        "retail",
        write_csv(
            tmp_path / "r.csv", [row_of(one, "R1")] + [row_of(h, f"R{h.number + 10}") for h in rest]
        ),
    )
    services.import_source("cards", write_csv(tmp_path / "c.csv", [twin, row_of(other, "C2")]))

    services.match_all()

    assert queries.party_by_source("retail")["R1"] != queries.party_by_source("cards")["C1"]


def test_one_id_number_under_two_names_waits_for_a_steward(tmp_path):
    one, other = people(2)
    services.import_source("retail", write_csv(tmp_path / "r.csv", [row_of(one, "R1")]))
    stranger = row_of(other, "C1", id_number=one.id_number, name="欧阳修远")
    services.import_source("cards", write_csv(tmp_path / "c.csv", [stranger]))

    report = services.match_all()

    assert report.conflicts == 1
    assert queries.party_by_source("retail")["R1"] != queries.party_by_source("cards")["C1"]


def test_a_merged_id_resolves_for_ever(tmp_path):
    (one,) = people(1)
    retail = write_csv(tmp_path / "r.csv", [row_of(one, "R1")])
    unknown = row_of(one, "C1", id_number="", mobile="13900000001", birth_date="")
    services.import_source("retail", retail)
    services.import_source("cards", write_csv(tmp_path / "c.csv", [unknown]))
    services.match_all()
    before = queries.party_by_source("retail")["R1"], queries.party_by_source("cards")["C1"]
    assert before[0] != before[1]

    services.import_source("cards", write_csv(tmp_path / "c.csv", [row_of(one, "C1")]))
    services.match_all()

    assert queries.party_by_source("retail")["R1"] == queries.party_by_source("cards")["C1"]
    assert {queries.party(p).id for p in before} == {queries.party_by_source("cards")["C1"]}
    assert Party.objects.filter(status="merged").count() == 1


def test_every_party_has_one_lead_and_keeps_its_other_rms(tmp_path):
    one, two = people(2)
    services.import_source(
        "retail",
        write_csv(tmp_path / "r.csv", [row_of(one, "R1", rm_code="RM1"), row_of(two, "R2")]),
    )
    services.import_source(
        "lending", write_csv(tmp_path / "l.csv", [row_of(one, "L1", rm_code="RM9")])
    )
    services.match_all()
    services.match_all()
    party_id = queries.party_by_source("retail")["R1"]
    pooled = queries.party_by_source("retail")["R2"]

    assert [(s.role, s.staff_code) for s in queries.service_team(party_id)] == [
        ("lead_rm", "RM9"),
        ("assistant_rm", "RM1"),
    ]
    assert queries.service_leads([party_id, pooled])[pooled] == ("", "direct")

    services.assign_service(party_id, "lead_rm", "RM5", "retail", date(2026, 1, 5))
    services.match_all()
    assert queries.service_leads([party_id])[party_id] == ("RM5", "retail")


def test_a_person_known_to_one_department_is_privately_held(tmp_path):
    one, two = people(2)
    services.import_source(
        "retail", write_csv(tmp_path / "r.csv", [row_of(one, "R1"), row_of(two, "R2")])
    )
    services.import_source("lending", write_csv(tmp_path / "l.csv", [row_of(one, "L1")]))
    services.match_all()

    found = queries.figures()

    assert (found.source_records, found.persons, found.duplicates_removed) == (3, 2, 1)
    assert found.privately_held == 1
    assert {d.department: d.privately_held for d in found.by_department} == {
        "lending": 0,
        "retail": 1,
    }
