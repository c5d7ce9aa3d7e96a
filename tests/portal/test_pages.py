"""A partner's developer sees his enterprise, delivers a file, and nobody else gets in."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.partners.builders import live_partner, row

from liti.core.models import User
from liti.partners import queries, services

pytestmark = pytest.mark.django_db
PAGES = ["/portal/", "/portal/deliveries/", "/portal/products/", "/portal/api/"]


@pytest.fixture
def partner():
    return live_partner()


@pytest.fixture
def signed_in(client, partner):
    client.force_login(User.objects.create(username="dev", kind="partner", partner_id=partner))
    client.cookies["django_language"] = "en"
    return client


def csv(*rows, encoding="utf-8"):
    lines = [",".join(rows[0]), *(",".join(r.values()) for r in rows)]
    return SimpleUploadedFile("members.csv", "\n".join(lines).encode(encoding))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_shows_the_enterprise_before_anything_came(signed_in, page, language):
    signed_in.cookies["django_language"] = language
    response = signed_in.get(page)
    assert response.status_code == 200
    assert ("cloud select" if language == "en" else "cloud优选") in response.text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", ["staff", "customer", "partner"])
def test_others_are_shut_out(client, partner, page, kind):
    assert client.get(page).status_code == 302  # to the sign-in
    client.force_login(User.objects.create(username="x", kind=kind, party_id=partner))
    assert client.get(page).status_code == 403


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_brings_members_in_and_says_what_is_wrong(signed_in, partner, encoding):
    file = csv(row(1), row(2, mobile="12"), encoding=encoding)
    response = signed_in.post("/portal/deliveries/", {"key": "portal-1", "file": file}, follow=True)
    assert "1 of 2 requests wait for their persons." in response.text
    assert 'id="problems"' in response.text
    assert "A-2" in response.text
    [batch] = queries.batches(partner)
    assert (batch.accepted, batch.key) == (1, "portal-1")


def test_a_second_click_is_the_same_delivery(signed_in, partner):
    for _click in range(2):
        signed_in.post("/portal/deliveries/", {"key": "portal-1", "file": csv(row(1))})
    assert len(queries.batches(partner)) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\x00", b"name,mobile\nx,1", b"member_no,name,id_number,mobile\n"]
)
def test_a_file_that_cant_be_read_is_refused_on_the_page(signed_in, partner, content):
    file = SimpleUploadedFile("members.csv", content)
    response = signed_in.post("/portal/deliveries/", {"key": "portal-1", "file": file})
    assert response.status_code == 422
    assert 'id="upload-error"' in response.text
    assert queries.batches(partner) == []


def test_another_partners_delivery_does_not_exist(signed_in):
    report = services.onboard_members(live_partner("other"), [row(1)], key="batch-1")
    assert signed_in.get(f"/portal/deliveries/{report.id}/").status_code == 404


def test_figures_of_few_people_are_held_back_with_the_reason(signed_in, partner):
    services.onboard_members(partner, [row(1)], key="batch-1")
    response = signed_in.get("/portal/")
    assert "Held back: too few people" in response.text
    assert "fewer than 10 people" in response.text


def test_clients_are_shown_without_their_secret(signed_in, partner):
    made = services.create_client(partner)
    text = signed_in.get("/portal/api/").text
    assert made.client_id in text
    assert "members:write" in text
    assert made.client_secret not in text
