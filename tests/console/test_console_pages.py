"""The console: who may open what, lists by declaration, decisions by a second person."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from stdnum.cn.ric import calc_check_digit

from liti.console.menu import groups as menu_groups
from liti.console.resources import declared
from liti.core import approvals, audit
from liti.core.context import Actor, acting
from liti.core.ids import uuid7
from liti.core.models import User
from liti.ledger.queries import internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post_one
from liti.parties.services import NewPerson, register_person

pytestmark = pytest.mark.django_db
KIND = "tests.console"
ID_NUMBER = (stem := "11010119850505001") + calc_check_digit(stem + "0")
DAY = date(2026, 11, 23)
carried_out: list[dict[str, str]] = []


@approvals.approval_handler(KIND, title="A test")
def carry_out(payload: dict[str, str]) -> None:
    carried_out.append(payload)


def staff(*roles: str, name: str = "") -> User:
    user = User.objects.create_user(name or f"staff-{uuid7()}", password="x", kind="staff")
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
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
    assert "今日全行" in text


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


def test_the_maker_cannot_decide_and_a_colleague_can():
    maker, checker = staff("risk_officer"), staff("operation_head")
    with acting(actor(maker, "risk_officer")):
        proposal = approvals.propose(KIND, {"what": "this"}, "Do this", key=str(uuid7()))
    path = f"/approvals/{proposal}/"

    own = signed_in(maker).post(path, {"decision": "approve"})
    silent = signed_in(checker).post(path, {"decision": "reject", "reason": ""})
    waiting = approvals.approval(proposal).state
    done = signed_in(checker).post(path, {"decision": "approve"})

    assert own.status_code == 422
    assert "You proposed this yourself" in own.content.decode()
    assert silent.status_code == 422
    assert waiting == "pending"
    assert done.status_code == 302
    assert approvals.approval(proposal).state == "approved"
    assert {"what": "this"} in carried_out


def test_an_auditor_reads_a_proposal_and_may_not_decide_it():
    maker = staff("risk_officer")
    with acting(actor(maker, "risk_officer")):
        proposal = approvals.propose(KIND, {}, "Do that", key=str(uuid7()))

    client = signed_in(staff("auditor"))

    assert client.get(f"/approvals/{proposal}/").status_code == 200
    assert client.post(f"/approvals/{proposal}/", {"decision": "approve"}).status_code == 403
    assert approvals.approval(proposal).state == "pending"


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
    assert client.get("/search/?q=a").content.decode().strip() == ""
