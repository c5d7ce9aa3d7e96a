"""The page of a customer's record: as of a day, with where each value is from."""

from __future__ import annotations

import pytest
from tests.console.builders import as_role, go, text_of
from tests.parties.builders import known_party

from liti.core.models import AccessLog, Approval
from liti.parties import golden
from liti.parties.intake import upsert
from liti.parties.mapping import Standardised
from liti.parties.models import Party, SourceRecord

pytestmark = pytest.mark.django_db


def customer():
    party = known_party()
    for source, mobile in (("retail", "13800000001"), ("cards", "13900000002")):
        upsert(source, [Standardised("K1", values={"name": "王小芳", "mobile": mobile})])
    SourceRecord.objects.update(party_id=party)
    golden.refresh([party])
    return party


def test_each_value_says_where_it_is_from_and_what_the_others_say():
    party = customer()
    client = as_role("data_steward")

    page = client.get(f"/customers/{party}/record/")

    said = text_of(page)
    assert "138****0001" in said
    assert "The source trusted most" in said
    assert "1 / 2" in said
    assert "139****0002" in said
    assert "13800000001" not in page.content.decode()
    assert AccessLog.objects.filter(subject_id=party, purpose="record_page").count() == 1
    assert f"/customers/{party}/record/" in client.get(f"/customers/{party}/").content.decode()


def test_a_day_before_the_customer_or_no_day_is_refused_on_the_page():
    party = customer()
    client = as_role("data_steward")
    for asked, status, words in (
        ("2020-01-01", 404, "There was no such customer on 2020-01-01."),
        ("2199-01-01", 422, "The record of a day to come is not known."),
        ("soon", 422, "soon"),
    ):
        page = client.get(f"/customers/{party}/record/", {"on": asked})
        assert page.status_code == status
        assert words in text_of(page)
    assert as_role("engineer").get(f"/customers/{party}/record/").status_code == 403


def test_a_correction_is_proposed_with_its_paper():
    party = customer()
    confirm, done = go(
        as_role("service_desk"), f"/do/propose-correction/on/{party}/",
        attribute="mobile", value="13700000003", evidence="ID card seen",
    )  # fmt: skip
    assert "A colleague compares it with the paper first" in text_of(confirm)
    approval = Approval.objects.get()
    assert done["Location"] == f"/approvals/{approval.id}/"
    assert "13700000003" not in str(approval.payload)
    page = text_of(as_role("data_steward").get(done["Location"]))
    assert "137****0003" in page
    assert "ID card seen" in page
    assert Party.objects.get(id=party).mobile == "13800000001"
