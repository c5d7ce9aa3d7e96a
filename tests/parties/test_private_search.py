"""A search finds by a whole value, or by what the mask shows; it is logged, and counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from stdnum.cn.ric import calc_check_digit
from tests.accounts.builders import account
from tests.console.builders import signed_in, staff

from liti.accounts import queries as accounts
from liti.accounts.services import bind_card
from liti.core import lookups, params
from liti.core import staff as people
from liti.core.clock import business_date, now
from liti.core.context import acting, job
from liti.core.errors import NotFound, TooMany
from liti.core.models import AccessLog
from liti.parties import queries
from liti.parties.models import Party
from liti.parties.rules import names
from liti.parties.rules.lookups import lookups as reading
from liti.parties.services import NewPerson, register_person

NUMBER, MOBILE, EMAIL = "11010119850505123X", "13800127788", "zhang.wei@example.cn"
USCC = "91310000MA1FL5LK0X"
CARD = "6222021234567894"
NAMES = ("张晓明", "張曉明", "zhang xiaoming", "ZhangXiaoming", "zhang xiao ming", "Xiaoming Zhang")
TODAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody():
    number = NUMBER[:17] + calc_check_digit(NUMBER)
    return register_person(NewPerson("张晓明", number, MOBILE, email=EMAIL)), number


def party(name, kind="person", **values):
    row = Party.objects.create(
        name=name,
        name_simplified=name,
        name_pinyin=names.pinyin(name),
        kind=kind,
        created_on=TODAY,
        **values,
    )
    return row.id


def found(text):
    return [p.id for p in queries.search(text)]


def allow(per_hour: int, per_day: int = 600):
    with acting(job("database")):
        params.set_parameter("core.search.per_hour", per_hour, business_date())
        params.set_parameter("core.search.per_day", per_day, business_date())


def test_whole_values_find_and_no_part_of_any_does(somebody):
    party, number = somebody
    bind_card(account(party_id=party), CARD, "张晓明")
    whole = {MOBILE, f"+86 {MOBILE[:3]} {MOBILE[3:7]} {MOBILE[7:]}", number, number.lower(), CARD,
             EMAIL, EMAIL.upper(), MOBILE[-4:], *NAMES}  # fmt: skip
    parts = {
        value[start:end]
        for value in (MOBILE, number, EMAIL, CARD, *NAMES)
        for start in range(len(value))
        for end in range(start + 1, len(value) + 1)
    }
    parts = {p for p in parts if p.strip(" ,") not in whole}
    assert len(parts) > 300
    for text in whole:
        assert found(text) == [party], text
    for text in parts:
        assert found(text) == [], text


def test_only_what_the_mask_shows_of_a_mobile_finds_by_its_end(somebody):
    _party, number = somebody
    assert found(number[-4:]) == []
    assert [r.kind for r in reading("7788", today=TODAY)] == ["mobile_end", "number"]
    assert [r.kind for r in reading("77788", today=TODAY)] == ["number"]


def test_the_letters_behind_a_masked_name_are_not_guessed(somebody):
    """张*明 is shown: neither 张晓 nor zhangx says that he is among those who fit."""
    other = party("欧阳修远")
    with acting(people.actor_of(staff("relationship_manager"))):
        for text in ("张", "晓", "明", "张晓", "晓明", "欧阳", "欧阳修", "修远", "z", "zhang",
                     "zhangx", "zhang x", "zhang xiaomin", "xiaoming", "ouyang"):  # fmt: skip
            assert found(text) == [], text
        assert found("欧阳修远") == found("ouyangxiuyuan") == [other]
        assert found("张小明") == []  # another of the same sound
        assert found("zhangxiaoming") == [somebody[0]]


def test_an_enterprise_is_found_by_a_part_of_its_public_name():
    company = party("云上优选贸易有限公司", kind="organisation", uscc=USCC)
    with acting(people.actor_of(staff("service_desk"))):
        for text in ("云", "优选", "云上优选", USCC):
            assert found(text) == [company], text


def test_what_several_fit_stands_in_an_order_that_says_nothing():
    """Of two who end in the same four digits the order is that of their ids, not of names."""
    ids = [party("周一", mobile="13900017788"), party("安二", mobile="13800027788")]
    assert found("7788") == sorted(ids) == ids


def test_who_asked_for_what_kind_is_kept_and_never_the_value(somebody):
    desk = staff("service_desk", name="desk")
    with acting(people.actor_of(desk)):
        for text in (MOBILE, MOBILE, somebody[1], EMAIL, "张晓明", "zhang"):
            queries.search(text)
    rows = list(AccessLog.objects.filter(subject_type="search").order_by("id"))
    assert [(r.actor, r.purpose) for r in rows] == [
        ("desk", "search:mobile"),
        ("desk", "search:mobile"),
        ("desk", "search:id_number"),
        ("desk", "search:email"),
        ("desk", "search:name"),
        ("desk", "search:name"),
    ]
    kept = repr([(r.purpose, r.fields, r.subject_id) for r in rows])
    for value in (MOBILE, somebody[1], EMAIL, MOBILE[-4:], "张晓明", "zhang"):
        assert value not in kept
    assert rows[0].fields == rows[1].fields != rows[2].fields


def test_a_person_has_so_many_searches_an_hour_and_a_day(somebody):
    allow(3, 4)
    desk, other = (people.actor_of(staff("service_desk")) for _ in range(2))
    with acting(desk):
        for text in (MOBILE, "13900000001", MOBILE[-4:]):
            queries.search(text)
        with pytest.raises(TooMany) as refusal:
            queries.search(MOBILE)
        assert (refusal.value.code, refusal.value.status) == ("core.search.too_many", 429)
        with pytest.raises(TooMany):
            queries.search("张晓明")
        with pytest.raises(TooMany), acting(desk):
            accounts.find("6200000000000001")  # one count for every kind of number
    with acting(other):
        assert found(MOBILE) == [somebody[0]]
    assert AccessLog.objects.filter(subject_type="search_refused").count() == 3

    allow(100, 4)
    with acting(desk):
        with pytest.raises(NotFound):
            accounts.find("6200000000000001")
        with pytest.raises(TooMany):
            queries.search(MOBILE)


def test_an_hour_later_one_may_search_again(somebody, monkeypatch):
    allow(1)
    with acting(people.actor_of(staff("service_desk"))):
        queries.search(MOBILE)
        later = now() + timedelta(hours=1, minutes=1)
        monkeypatch.setattr(lookups, "now", lambda: later)
        assert found(MOBILE) == [somebody[0]]


def test_the_attack_of_ever_longer_ends_learns_nothing(somebody):
    """31 searches by growing ends said a whole mobile: now all of them say nothing."""
    client = signed_in(staff("marketing_operator"))
    for length in range(5, 11):
        for digit in "0123456789":
            end = digit + MOBILE[-length + 1 :]
            for address in ("/search/", "/list/customers/"):
                page = client.get(address, {"q": end}).content.decode()
                assert str(somebody[0]) not in page, end
    assert AccessLog.objects.filter(subject_type="search").count() == 120
    assert client.get("/list/customers/", {"q": "张"}).status_code == 200


def test_the_refusal_is_a_page_and_a_word_in_the_live_list(somebody):
    allow(1)
    client = signed_in(staff("service_desk"))
    assert client.get("/list/customers/", {"q": MOBILE}).status_code == 200
    page = client.get("/list/customers/", {"q": MOBILE})
    assert page.status_code == 429
    assert "core.search.too_many" in page.content.decode()
    live = client.get("/search/", {"q": MOBILE}, headers={"HX-Request": "true"})
    assert (live.status_code, "You%20have%20searched" in live["Liti-Refusal"]) == (429, True)
    assert str(somebody[0]) not in live.content.decode()
