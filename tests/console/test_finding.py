"""The search of the top bar: what it finds for whom, and why each hit matched."""

from __future__ import annotations

import pytest
from django.utils import translation
from tests.accounts.builders import account
from tests.console.builders import signed_in, staff

from liti.accounts.models import ElectronicAccount
from liti.accounts.services import bind_card
from liti.console import finding, urls
from liti.core import lookups, params
from liti.core import staff as people
from liti.core.clock import business_date
from liti.core.context import acting, job
from liti.core.models import AccessLog, User
from liti.parties.services import NewPerson, register_person

NUMBER, MOBILE, CARD = "110101198505051238", "13800127788", "6222021234567894"
pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody(db):
    party = register_person(NewPerson("张晓明", NUMBER, MOBILE))
    opened = account(party_id=party)
    bind_card(opened, CARD, "张晓明")
    return party, ElectronicAccount.objects.get(id=opened)


def found(user: User, text: str) -> dict[str, list[finding.Hit]]:
    assert urls.CATALOGUE  # pages and commands are declared
    with acting(people.actor_of(user)):
        return {kind.name: list(kind.hits) for kind in finding.find(text).kinds}


def test_an_account_and_a_card_are_found_by_their_last_four_and_by_no_other_part(somebody):
    _party, held = somebody
    desk = staff("service_desk", name="desk")
    [hit] = found(desk, held.number[-4:])["accounts"]
    assert (hit.before, hit.part, hit.after) == (finding.DOTS, held.number[-4:], "")
    assert held.number not in f"{hit.title}{hit.note}{hit.part}"
    assert [h.part for h in found(desk, held.number)["accounts"]] == [held.number[-4:]]
    assert [h.part for h in found(desk, CARD[-4:])["cards"]] == [CARD[-4:]]
    assert [h.part for h in found(desk, CARD)["cards"]] == [CARD[-4:]]
    for text in (held.number[-3:], held.number[-5:], held.number[:-1], CARD[-5:], CARD[:-1]):
        kinds = found(desk, text)
        assert not {"accounts", "cards", "customers"} & set(kinds), (text, kinds)


def test_a_number_is_no_beginning_of_a_name(somebody):
    desk = staff("service_desk", name="desk")
    assert "customers" in found(desk, "zhang xiaoming")
    assert "customers" not in found(desk, "z004959")
    assert "customers" not in found(desk, "zhang1")


def test_each_hit_says_what_fits_and_shows_no_more_than_the_mask(somebody):
    desk = staff("service_desk", name="desk")
    with translation.override("en"):
        [whole] = found(desk, MOBILE)["customers"]
        assert str(whole.field) == "Mobile"
        [end] = found(desk, MOBILE[-4:])["customers"]
        assert (str(end.field), end.part) == ("End of the mobile", MOBILE[-4:])
        [known] = found(desk, NUMBER)["customers"]
        assert str(known.field) == "ID number"
    for hit in (whole, end, known):
        shown = f"{hit.title}{hit.note}{hit.before}{hit.part}{hit.after}"
        assert MOBILE not in shown
        assert NUMBER not in shown


def test_one_text_is_one_search_and_each_room_leaves_its_line(somebody):
    desk = staff("service_desk", name="desk")
    found(desk, MOBILE)
    rows = AccessLog.objects.filter(actor_id=desk.id).order_by("id")
    kinds = [(r.subject_type, r.purpose) for r in rows]
    assert [k for k, _purpose in kinds].count(lookups.SEARCH) == 1
    assert ("search", "search:mobile") in kinds
    assert ("search_also", "search:account") in kinds


def test_typing_the_title_of_a_page_or_an_action_uses_up_no_search(somebody):
    desk = staff("service_desk", name="desk")
    with acting(job("database")):
        params.set_parameter("core.search.per_hour", 1, business_date())
    for text in ("cu", "Custo", "Customers", "close the acc", "客户", "Orders"):
        found(desk, text)
    rows = AccessLog.objects.filter(actor_id=desk.id)
    assert not rows.filter(subject_type=lookups.SEARCH).exists()
    assert rows.filter(subject_type=lookups.ALSO, purpose="search:name").exists()
    assert "customers" in found(desk, "张晓明")
    with acting(people.actor_of(desk)):
        assert finding.find("李小红").refusal is not None


def test_beyond_the_limit_no_number_is_looked_for_and_pages_still_are(somebody):
    desk = staff("service_desk", name="desk")
    with acting(job("database")):
        params.set_parameter("core.search.per_hour", 2, business_date())
    for _try in range(2):
        assert "customers" in found(desk, MOBILE)
    with acting(people.actor_of(desk)):
        last = finding.find(MOBILE)
    assert last.refusal is not None
    assert not last.kinds
    assert "pages" in found(desk, "Customers")


def test_pages_and_actions_are_found_in_both_languages_and_only_those_that_open():
    desk, finance = staff("service_desk", name="desk"), staff("finance_officer", name="finance")
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for text in ("trial balance", "试算平衡"):
                assert [h.href for h in found(finance, text)["pages"]] == ["/trial-balance/"]
                assert "pages" not in found(desk, text)
            assert [h.href for h in found(desk, "Close the account")["commands"]] == [
                "/list/customers/"
            ]
            assert "commands" not in found(finance, "Close the account")


def test_colleagues_are_found_by_name_user_name_and_code():
    desk = staff("service_desk", name="desk")
    wang = staff("relationship_manager", name="wangfang")
    User.objects.filter(id=wang.id).update(first_name="王芳", staff_code="RM077")
    for text in ("王芳", "芳", "wangf", "rm077"):
        [hit] = found(desk, text)["employees"]
        assert (hit.title, hit.href) == ("王芳", "/list/staff/wangfang/"), text
    assert "employees" not in found(desk, "RM0778")


@pytest.mark.parametrize("text", ["", " ", "a", "%", "__", "zzzz", "\\", "'; --", "İİ", "ß" * 80])
def test_what_fits_nothing_says_so(text):
    client = signed_in(staff("engineer"))
    answer = client.get("/search/", {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"<a " not in answer.content
    page = client.get("/search/", {"q": text})
    assert page.status_code == 200
