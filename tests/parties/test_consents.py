"""What words of consent say together: specific and general, from files and from people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.parties.builders import known_party, people, row_of, write_csv

from liti.core.clock import BANK_ZONE, local_date, now
from liti.core.errors import InvalidInput
from liti.parties import queries, services
from liti.parties.models import Consent
from liti.parties.rules.consents import ANY, Scope, Word, answer
from liti.parties.services import NewConsent

pytestmark = pytest.mark.django_db
DAWN = datetime(2026, 1, 1, tzinfo=BANK_ZONE)
CHANNELS = ("sms", "push")
ASK = {"purpose": "marketing", "on": date(2030, 1, 1)}


def word(granted, minute, channel=ANY, product=ANY, purpose="marketing"):
    return Word(Scope(purpose, channel, "bank", product), granted, DAWN + timedelta(minutes=minute))


def says(words, channel="sms", product=ANY):
    return answer(words, Scope("marketing", channel, "bank", product)).granted


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ([], False),
        ([word(True, 1)], True),
        ([word(False, 1, "sms"), word(True, 2)], False),
        ([word(False, 1), word(True, 2, "sms")], True),
        ([word(True, 1, "sms"), word(False, 2)], False),
        ([word(False, 1, "sms"), word(True, 2, "sms")], True),
        ([word(True, 1, "sms"), word(False, 1, "sms")], False),
        ([word(False, 1, "push"), word(True, 2)], True),
        ([word(False, 1, "sms"), word(True, 2, purpose=ANY)], False),
        ([word(False, 1, "sms"), word(True, 2, "sms", purpose=ANY)], False),
        ([word(True, 1, "sms"), word(False, 2, purpose=ANY)], False),
    ],
)
def test_a_no_stands_until_a_yes_as_specific_takes_it_back(words, allowed):
    assert says(words) is allowed


def test_of_a_product_and_a_channel_neither_is_more_specific():
    no_texts, yes_to_funds = word(False, 1, "sms"), word(True, 2, product="FUND")
    assert not says([no_texts, yes_to_funds], "sms", "FUND")
    assert says([no_texts, yes_to_funds], "push", "FUND")
    assert not says([word(True, 1), word(False, 2, product="FUND")], "sms", "FUND")
    assert says([word(True, 1), word(False, 2, product="FUND")], "sms", "LOAN")


WORDS = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 4),
        st.sampled_from(["marketing", ANY]),
        st.sampled_from([*CHANNELS, ANY]),
        st.sampled_from(["FUND", "LOAN", ANY]),
    ),
    max_size=7,
)


class AnyWords(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(WORDS, st.booleans())
    @example([(False, 0, "marketing", "sms", ANY), (True, 1, "marketing", ANY, "FUND")], False)
    def test_one_answer_by_rule_in_sets_and_on_the_page(self, given_words, merged):
        party = known_party()
        words = [
            Word(Scope(purpose, channel, "bank", product), granted, DAWN + timedelta(minutes=at))
            for granted, at, purpose, channel, product in given_words
        ]
        services.grant_consents(
            [
                NewConsent(
                    party, w.scope.purpose, w.scope.channel, w.granted, f"t:{n}", at=w.at,
                    product=w.scope.product,
                )
                for n, w in enumerate(words)
            ]
        )  # fmt: skip
        channels = queries.consented_channels([party], channels=CHANNELS, **ASK)
        of_products = {
            (channel, product): allowed
            for _party, channel, product, allowed in queries.consents_by_product(
                [party], channels=CHANNELS, **ASK
            )
        }
        for channel in CHANNELS:
            expected = says(words, channel)
            assert ((party, channel) in channels) is expected
            assert (queries.consented([party], channel=channel, **ASK) == {party}) is expected
            for product in ("FUND", "LOAN"):
                said = of_products.get((channel, product), expected)
                assert said is says(words, channel, product)
        for view in queries.consents_of(party):
            scope = Scope(view.purpose, view.channel, view.recipient, view.product)
            assert view.granted is answer(words, scope).granted

    @settings(max_examples=200, deadline=None)
    @given(WORDS)
    def test_a_no_after_all_holds_and_a_yes_as_specific_lifts_it(self, given_words):
        words = [word(g, at, channel, product, purpose) for g, at, purpose, channel, product
                 in given_words]  # fmt: skip
        assert not says([*words, word(False, 9)], "sms", "FUND")
        assert not says([*words, word(False, 9, "sms")], "sms", "FUND")
        assert says([*words, word(True, 9, "sms", "FUND")], "sms", "FUND")
        assert not says([*words, word(False, 8, "sms"), word(True, 9)], "sms", "FUND")
        assert not says([*words, word(False, 8, product="FUND"), word(True, 9)], "sms", "FUND")
        if says(words, "sms", "FUND"):
            assert says([*words, word(True, 9)], "sms", "FUND")


def test_a_word_of_a_time_to_come_is_none():
    party = known_party()
    with pytest.raises(InvalidInput) as refused, transaction.atomic():
        services.grant_consents(
            [NewConsent(party, "marketing", "sms", True, "t", at=now() + timedelta(days=9))]
        )
    assert refused.value.code == "parties.consent.to_come"
    assert not Consent.objects.exists()


# --- files -------------------------------------------------------------------------------------


def after_files(tmp_path, *files, key="R0"):
    """The customer of a record after files came in one after another: rows of (flag, day)."""
    human = people(1)[0]
    reports = []
    for number, rows in enumerate(files):
        lines = [row_of(human, key, consent_sms=flag, consent_date=on) for flag, on in rows]
        path = write_csv(tmp_path / f"{number}.csv", lines)
        reports.append(services.import_source("retail", path))
        services.match_all()
    return queries.party_by_source("retail")[key], reports


def allows(party):
    return queries.consented([party], channel="sms", **ASK) == {party}


@pytest.mark.parametrize(
    ("files", "allowed"),
    [
        ([[("N", "")], [("Y", "")], [("N", "")]], False),
        ([[("N", "")], [("Y", "")]], True),
        ([[("Y", "")], [("N", "")], [("Y", "")]], True),
        ([[("N", "2026-01-05"), ("Y", "2026-02-05"), ("N", "2026-03-05")]], False),
        ([[("N", "2026-03-05"), ("Y", "2026-02-05"), ("N", "2026-01-05")]], False),
        ([[("N", "2026-01-05"), ("N", "2026-02-05"), ("Y", "2026-03-05")]], True),
        ([[("N", ""), ("Y", ""), ("N", "")]], False),
        ([[("Y", ""), ("N", ""), ("Y", "")]], False),
        ([[("Y", "2026-02-05"), ("N", "2026-02-05")]], False),
        ([[("N", "2026-02-05")], [("Y", "2026-02-05")]], False),
        ([[("N", "2026-02-05")], [("Y", "")]], True),
        ([[("Y", "2026-02-05")], [("N", "")]], False),
    ],
)
def test_yes_and_no_in_a_departments_files(tmp_path, files, allowed):
    party, _reports = after_files(tmp_path, *files)
    services.match_all()
    assert allows(party) is allowed


def test_a_contradiction_is_a_finding_and_a_word_that_we_cannot_read_too(tmp_path):
    _party, [report] = after_files(tmp_path, [("Y", "2026-02-05"), ("N", "2026-02-05")])
    assert report.findings == {"key_twice": 1, "consent_conflict": 1}
    assert (report.accepted, report.rejected) == (1, 1)
    party, [report] = after_files(tmp_path, [("maybe", "2026-02-31")], key="R9")
    assert report.findings == {"consent_unread": 1, "date_shape": 1}
    assert not any(c.evidence.startswith("retail:R9") for c in queries.consents_of(party))


def test_another_name_under_the_same_key_gives_nothing_and_refuses(tmp_path):
    one, other = people(2)
    path = write_csv(
        tmp_path / "r.csv",
        [row_of(one, "R0", consent_sms="N"), row_of(other, "R0", consent_sms="Y")],
    )
    services.import_source("retail", path)
    services.match_all()
    assert not allows(queries.party_by_source("retail")["R0"])


def test_an_undated_yes_of_a_second_department_lifts_no_withdrawal(tmp_path):
    human = people(1)[0]
    services.import_source(
        "retail", write_csv(tmp_path / "r.csv", [row_of(human, "R0", consent_sms="Y")])
    )
    services.match_all()
    party = queries.party_by_source("retail")["R0"]
    [view] = queries.consents_of(party)
    assert (view.granted, view.since, view.source) == (True, None, "retail")
    services.withdraw_consent(party, "marketing", "sms")
    services.import_source(
        "cards", write_csv(tmp_path / "c.csv", [row_of(human, "C0", consent_sms="Y")])
    )
    services.match_all()
    assert queries.party_by_source("cards")["C0"] == party
    assert not allows(party)


def test_a_dated_word_of_today_does_not_outdo_what_was_said_today(tmp_path):
    today = local_date().isoformat()
    party, _reports = after_files(tmp_path, [("Y", today)])
    services.withdraw_consent(party, "marketing", "sms")
    services.match_all()
    assert not allows(party)
    other, _reports = after_files(tmp_path, [("N", today)], key="R0")
    assert other == party
    services.grant_consents([NewConsent(party, "marketing", "sms", True, "mobile:1")])
    services.match_all()
    assert allows(party)
