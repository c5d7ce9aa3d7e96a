"""The console: who may open what, lists by declaration, decisions by a second person."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from uuid import UUID

import pytest
from django.test import Client
from stdnum.cn.ric import calc_check_digit
from tests.core.builders import give

from liti.console.menu import groups as menu_groups
from liti.console.resources import declared
from liti.core import approvals, audit
from liti.core.approvals import Change, Line, Link
from liti.core.context import Actor, acting, job
from liti.core.errors import Refused
from liti.core.ids import uuid7
from liti.core.models import User
from liti.core.roles import roles
from liti.ledger.queries import internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post_one
from liti.parties.services import NewPerson, register_person

pytestmark = pytest.mark.django_db
KIND = "tests.console"
ID_NUMBER = (stem := "11010119850505001") + calc_check_digit(stem + "0")
DAY = date(2026, 11, 23)
carried_out: list[dict[str, str]] = []


@approvals.approval_kind(
    KIND,
    title="A test",
    propose=roles("risk_officer"),
    decide=roles("operation_head"),
    describe=lambda p: Change(
        f"Do {p['what']}", (Line("What", "that", p["what"]),), "7 customers",
        (Link("Parameters", "parameters"),),
    ),
)  # fmt: skip
def carry_out(payload: dict[str, str]) -> None:
    if payload["what"] == "what fails":
        raise Refused("test.fails", "It fails.", remedy="Mend it.")
    carried_out.append(payload)


def staff(*roles: str, name: str = "") -> User:
    user = User.objects.create_user(name or f"staff-{uuid7()}", password="x", kind="staff")
    give(user, *roles)
    return user


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def actor(user: User, *roles: str) -> Actor:
    return Actor(kind="staff", label=user.username, id=user.id, roles=frozenset(roles))


def a_person() -> tuple[object, str]:
    mobile = "13900001234"
    return register_person(NewPerson("张伟", ID_NUMBER, mobile)), mobile


def test_a_stranger_is_asked_to_sign_in():
    response = Client().get("/")

    assert response.status_code == 302
    assert response["Location"].startswith("/auth/login/")


def test_customers_and_partners_are_sent_to_their_own_pages():
    customer = User.objects.create_user("c", password="x", kind="customer", party_id=uuid7())
    partner = User.objects.create_user("p", password="x", kind="partner")

    assert signed_in(customer).get("/")["Location"] == "/m/"
    assert signed_in(partner).get("/list/customers/")["Location"] == "/portal/"


@pytest.mark.parametrize(
    ("role", "opens", "refused"),
    [
        ("operation_head", "/list/customers/", None),
        ("relationship_manager", "/list/customers/", "/trial-balance/"),
        ("finance_officer", "/trial-balance/", "/list/customers/"),
        ("engineer", "/list/runs/", "/list/customers/"),
        ("product_manager", "/list/products/", "/list/accounts/"),
        ("auditor", "/list/approvals/", None),
        ("risk_officer", "/list/parameters/", "/plan/"),
    ],
)
def test_a_role_opens_its_pages_and_no_others(role, opens, refused):
    client = signed_in(staff(role))

    assert client.get("/").status_code == 200
    assert client.get(opens).status_code == 200
    if refused:
        response = client.get(refused)
        assert response.status_code == 403
        assert "Your role does not open this page" in response.content.decode()


def test_staff_without_a_role_see_nothing():
    assert signed_in(staff()).get("/").status_code == 403


def test_every_line_of_the_menu_opens_for_those_who_see_it():
    roles = {role for item in declared() for role in item.roles}
    for role in sorted(roles):
        user = staff(role)
        client = signed_in(user)
        with acting(actor(user, role)):
            lines = [item for group in menu_groups("/") for item in group.items]
        assert lines
        for line in lines:
            assert client.get(line.href).status_code == 200, (role, line.href)


def test_pages_come_under_the_strict_policy_in_the_readers_language_and_theme():
    client = signed_in(staff("operation_head"), "zh-hans")
    client.cookies["liti_theme"] = "dark"

    response = client.get("/")
    text = response.content.decode()

    assert "unsafe" not in response["Content-Security-Policy"]
    assert '<html lang="zh-hans" data-theme="dark">' in text
    assert "目前没有。" in text


def test_the_theme_switch_works_without_script_and_returns_to_this_host_only():
    client = signed_in(staff("operation_head"))

    response = client.post("/ui/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})

    assert response["Location"] == "/"
    assert response.cookies["liti_theme"].value == "light"


def test_a_list_asked_by_htmx_is_only_its_table():
    client = signed_in(staff("finance_officer"))

    whole = client.get("/list/accounts/").content.decode()
    part = client.get("/list/accounts/?q=cash", headers={"hx-request": "true"}).content.decode()

    assert "<html" in whole
    assert "<html" not in part
    assert "cash" in part
    assert "Nothing matches" in client.get("/list/accounts/?q=zzzz").content.decode()


def test_unknown_lists_and_keys_are_not_found():
    client = signed_in(staff("operation_head", "finance_officer"))

    for path in ("/list/nothing/", "/list/orders/no-uuid/", f"/accounts/{uuid7()}/"):
        assert client.get(path).status_code == 404, path


def test_an_account_shows_its_entries_with_balance_and_a_transfer_both_sides():
    account, transfer = uuid7(), uuid7()
    open_accounts([NewAccount(account, "a customer", "2011", code=f"62{uuid7().int % 10**12}")])
    post_one(TransferRequest(transfer, internal_account("cash"), account, 123_456, "deposit", DAY))
    client = signed_in(staff("finance_officer"))

    page = client.get(f"/accounts/{account}/").content.decode()
    detail = client.get(f"/list/transfers/{transfer}/").content.decode()

    assert "+¥1,234.56" in page
    assert str(transfer) in page
    assert "Debit" in detail
    assert "cash" in detail
    assert "Both sides agree" in client.get("/trial-balance/").content.decode()
    assert client.get("/trial-balance/?on=rubbish").status_code == 422


def propose(maker: User, what: str = "this", key: str = "") -> str:
    with acting(actor(maker, "risk_officer")):
        return f"/approvals/{approvals.propose(KIND, {'what': what}, key=key or str(uuid7()))}/"


def state_of(path: str) -> str:
    with acting(job("check")):
        return approvals.approval(UUID(path.split("/")[2])).state


def test_the_maker_cannot_decide_and_a_colleague_can():
    maker, checker = staff("risk_officer"), staff("operation_head")
    path = propose(maker)

    own = signed_in(maker).post(path, {"decision": "approve"})
    silent = signed_in(checker).post(path, {"decision": "reject", "reason": ""})
    waiting = state_of(path)
    done = signed_in(checker).post(path, {"decision": "approve"})

    assert own.status_code == 403
    assert 'id="withdraw"' in own.content.decode()
    assert silent.status_code == 422
    assert waiting == "pending"
    assert done.status_code == 302
    assert state_of(path) == "approved"
    assert {"what": "this"} in carried_out


def test_a_proposal_is_shown_in_words_with_before_after_reach_and_the_thing():
    page = signed_in(staff("operation_head")).get(propose(staff("risk_officer"))).content.decode()

    assert "<td>that</td>" in page
    assert '<td class="strong">this</td>' in page
    assert "7 customers" in page
    assert '<a href="/list/parameters/">Parameters</a>' in page
    assert "{" not in page[page.index('id="change"') :]


def test_a_second_proposal_shows_what_it_replaced_and_the_first_by_what():
    maker = staff("risk_officer")
    first, second = propose(maker, "this", "thing"), propose(maker, "that", "thing")
    client = signed_in(staff("operation_head"))

    assert f'<a href="{second}">' in client.get(first).content.decode()
    assert f'<a href="{first}">' in client.get(second).content.decode()
    assert (state_of(first), state_of(second)) == ("replaced", "pending")


def test_a_proposal_that_fails_waits_and_shows_why():
    path = propose(staff("risk_officer"), "what fails")
    client = signed_in(staff("operation_head"))

    refused = client.post(path, {"decision": "approve"})
    page = client.get(path).content.decode()

    assert refused.status_code == 422
    assert "It fails." in page[page.index('id="attempts"') :]
    assert "test.fails" in page
    assert "Mend it." in page
    assert state_of(path) == "pending"


def test_the_maker_takes_his_proposal_back():
    maker = staff("risk_officer")
    path = propose(maker)

    assert (
        signed_in(staff("operation_head")).post(path, {"decision": "withdraw"}).status_code == 403
    )
    assert signed_in(maker).post(path, {"decision": "withdraw"}).status_code == 302
    assert state_of(path) == "withdrawn"


def test_the_menu_counts_and_the_list_filters_what_one_may_decide():
    maker, checker = staff("risk_officer"), staff("operation_head")
    path = propose(maker)

    assert path in signed_in(checker).get("/list/approvals/?whose=decide").content.decode()
    assert path not in signed_in(maker).get("/list/approvals/?whose=decide").content.decode()
    assert path in signed_in(maker).get("/list/approvals/?whose=proposed").content.decode()
    with acting(actor(maker, "risk_officer")):
        [own] = [i for g in menu_groups("/") for i in g.items if i.name == "approvals"]
    with acting(actor(checker, "operation_head")):
        [his] = [i for g in menu_groups("/") for i in g.items if i.name == "approvals"]
    assert (own.count, his.count) == (0, 1)


def test_an_auditor_reads_a_proposal_and_may_not_decide_it():
    path = propose(staff("risk_officer"))
    client = signed_in(staff("auditor"))

    assert client.get(path).status_code == 200
    assert client.post(path, {"decision": "approve"}).status_code == 403
    assert state_of(path) == "pending"
    assert signed_in(staff("service_desk")).get(path).status_code == 404


def test_the_customer_page_is_masked_and_unmasking_needs_a_logged_reason():
    party, mobile = a_person()
    client = signed_in(staff("relationship_manager"))

    masked = client.get(f"/customers/{party}/").content.decode()
    refused = client.post(f"/customers/{party}/unmask/", {"reason": " "})
    before = [a for a in audit.accesses("party", party) if a.fields]
    shown = client.post(f"/customers/{party}/unmask/", {"reason": "Asked by phone"})

    assert mobile not in masked
    assert ID_NUMBER not in masked
    assert refused.status_code == 422
    assert before == []
    assert mobile in shown.content.decode()
    logged = [a for a in audit.accesses("party", party) if a.fields]
    assert [a.purpose for a in logged] == ["Asked by phone"]


def switched(client: Client, page: str, language: str) -> str:
    """The page that the language switch leads to."""
    there = unescape(re.search(r'name="next" value="([^"]+)"', page)[1])
    client.post("/language/", {"next": there, "language": language})
    return client.get(there).content.decode()


def test_another_language_keeps_what_was_unmasked_and_is_no_second_reading():
    party, mobile = a_person()
    client = signed_in(staff("relationship_manager"))
    colleague = signed_in(staff("relationship_manager"))
    shown = client.post(f"/customers/{party}/unmask/", {"reason": "Asked by phone"})
    logged = audit.accesses("party", party)

    chinese = switched(client, shown.content.decode(), "zh-hans")
    back = switched(client, chinese, "en")

    assert 'lang="zh-hans"' in chinese
    assert mobile in chinese
    assert mobile in back
    assert audit.accesses("party", party) == logged
    there = unescape(re.search(r'name="next" value="([^"]+)"', back)[1])
    assert mobile not in colleague.get(there).content.decode()
    assert mobile not in client.get(f"/customers/{party}/").content.decode()
    assert len(audit.accesses("party", party)) == len(logged) + 2


def test_another_language_of_a_masked_page_is_no_second_reading_and_unmasks_nothing():
    party, mobile = a_person()
    client = signed_in(staff("relationship_manager"))
    page = client.get(f"/customers/{party}/").content.decode()

    assert mobile not in switched(client, page, "zh-hans")
    assert len(audit.accesses("party", party)) == 1


def test_marketing_may_open_a_customer_but_not_unmask_him():
    party, _mobile = a_person()
    client = signed_in(staff("marketing_operator"))

    assert client.get(f"/customers/{party}/").status_code == 200
    assert client.post(f"/customers/{party}/unmask/", {"reason": "curious"}).status_code == 403


def test_search_finds_a_customer_by_name_and_links_to_him():
    party, mobile = a_person()
    client = signed_in(staff("service_desk"))

    by_name = client.get("/search/?q=张伟").content.decode()
    by_mobile = client.get("/search/?q=1234").content.decode()

    assert f"/customers/{party}/" in by_name
    assert f"/customers/{party}/" in by_mobile
    assert mobile not in by_name + by_mobile
    assert f"/customers/{party}/" not in client.get("/search/?q=a").content.decode()


@pytest.mark.parametrize(
    "address", ["/plan/?offset={}", "/list/customers/?offset={}", "/accounts/{account}/?offset={}"]
)
@pytest.mark.parametrize("number", ["9" * 20, "9223372036854775808", "-1", "x"])
def test_a_number_beyond_the_database_is_nowhere(client, address, number):
    client.force_login(staff("operation_head", "finance_officer"))
    page = address.format(number, account=internal_account("cash"))
    assert client.get(page).status_code == 404
    assert client.get(address.format("0", account=internal_account("cash"))).status_code == 200
