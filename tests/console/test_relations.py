"""The picture of who belongs with whom, walked and changed in the console."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests.console.builders import as_role, go, text_of
from tests.parties.builders import known_party

from liti.core.models import AccessLog
from liti.parties import queries, services
from liti.parties.models import Party
from liti.ui import network

pytestmark = pytest.mark.django_db
SINCE = date(2024, 3, 1)


def named(name: str, kind: str = "person"):
    party = known_party(kind)
    Party.objects.filter(id=party).update(name=name)
    return party


def test_the_picture_is_walked_by_links_and_says_the_same_as_the_list():
    man, company, buyer = (
        named("王小明"), named("One Ltd", "organisation"), named("Two Ltd", "organisation"),
    )  # fmt: skip
    services.relate(man, company, "shareholder", SINCE, "register 7", 2_500)
    services.relate(company, buyer, "supplier", SINCE)
    client = as_role("relationship_manager")

    page = client.get(f"/customers/{man}/relations/")

    html = page.content.decode()
    picture = html[html.index('<svg class="chart wide network"') :]
    picture = picture[: picture.index("</svg>")]
    assert re.findall(r'<a href="(/customers/[^"]+)"', picture) == [
        f"/customers/{company}/relations/",
        f"/customers/{buyer}/relations/",
    ]
    assert "王*明 – Shareholder – One Ltd · 25.0%" in picture
    assert "One Ltd – Supplier – Two Ltd" in picture
    said = text_of(page)
    assert "Holds shares in it · 25.0%" in said
    assert "register 7" in said
    assert "王小明" not in html
    assert AccessLog.objects.filter(subject_id=man, purpose="relations_page").count() == 1
    walked = client.get(f"/customers/{company}/relations/")
    assert "Shareholder" in text_of(walked)
    assert (
        f'href="/customers/{man}/relations/"' in client.get(f"/customers/{man}/").content.decode()
    )


def test_a_link_is_recorded_with_its_share_and_ended_with_its_paper():
    man, company = named("王小明"), named("One Ltd", "organisation")
    client = as_role("service_desk")
    address = f"/do/relate/on/{man}/"

    confirm, done = go(
        client, address, kind="beneficial_owner", to_party=str(company), to_party__q="One",
        valid_from="2024-03-01", basis="report 9", share_bp="3000",
    )  # fmt: skip
    assert "Beneficial owner – One Ltd · 30.0%" in text_of(confirm)
    assert done["Location"] == f"/customers/{man}/relations/"
    [link] = queries.relations_of(man)
    assert (link.share_bp, link.basis, link.valid_to) == (3_000, "report 9", None)

    page = client.get(done["Location"]).content.decode()
    assert f"/do/end-relation/on/{link.id}/" in page
    _confirm, ended = go(
        client, f"/do/end-relation/on/{link.id}/", on="2024-06-30", basis="report 10"
    )
    assert ended["Location"] == f"/customers/{man}/relations/"
    assert queries.relations_of(man)[0].valid_to == date(2024, 6, 30)
    assert "Ended" in text_of(client.get(ended["Location"]))


def test_no_role_without_customers_sees_the_picture():
    man = known_party()
    assert as_role("engineer").get(f"/customers/{man}/relations/").status_code == 403
    assert not AccessLog.objects.filter(subject_id=man).exists()


def test_nodes_stand_apart_and_hang_near_whom_they_belong_to():
    spots = [
        network.Spot("c", "C", 1, "", 0),
        *(network.Spot(f"a{n}", f"A{n}", 2, f"/a{n}", 1) for n in range(8)),
        *(network.Spot(f"b{n}", f"B{n}", 2, f"/b{n}", 2, "a0") for n in range(5)),
    ]
    places = network.layout(spots)
    assert places["c"] == (360, 260)
    assert len({(round(x), round(y)) for x, y in places.values()}) == len(spots)
    for x, y in places.values():
        assert 20 <= x <= 700
        assert 20 <= y <= 490
    drawn = network.draw("t<", spots, [network.Link("c", "a0", "<x>")])
    assert "<x>" not in drawn
    assert drawn.count("<a href=") == 13
