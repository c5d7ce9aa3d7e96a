"""Commands of the console: filled in, confirmed, carried out once, refused with what was typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.accounts import builders as accounts_made
from tests.console.builders import act_of, as_role, go, hidden, text_of
from tests.market.builders import account_of, buyer, person

from liti.accounts import queries as accounts
from liti.accounts import services as account_commands
from liti.console import commands
from liti.console.drawing import asked
from liti.console.models import Act
from liti.core.clock import business_date
from liti.core.ids import uuid7
from liti.core.models import Approval
from liti.market import queries as market
from liti.market import services as market_commands
from liti.market.models import Order
from liti.market.rules import ORDER_STATES
from liti.parties import queries as parties
from liti.parties import services as party_commands
from liti.partners import queries as partners

pytestmark = pytest.mark.django_db
CSV = "客户号,姓名,证件号码,手机号\n"


def bought(amount_minor: int = 50_000):
    party, account = buyer()
    return market_commands.place_order(
        party, "LTYEB1", account, amount_minor, channel="console", key=f"k{uuid7()}"
    )


def test_an_order_is_cancelled_after_the_page_said_what_will_happen():
    order = bought()
    client = as_role("service_desk")
    page = client.get(f"/list/orders/{order.id}/")
    assert 'id="do-cancel-order"' in page.content.decode()

    confirm, done = go(client, f"/do/cancel-order/on/{order.id}/", reason="asked by the customer")

    assert "¥500.00 goes back whole" in text_of(confirm)
    assert "asked by the customer" in text_of(confirm)
    assert done["Location"] == f"/list/orders/{order.id}/"
    shown = client.get(done["Location"])
    assert "The order is cancelled." in text_of(shown)
    assert 'id="do-cancel-order"' not in shown.content.decode()
    assert market.order(order.id).status == "cancelled"
    assert accounts.account(order.account_id).balance_minor == 100_000


def test_a_purchase_is_offered_to_be_cancelled_as_long_as_it_goes_back_whole():
    order = bought()
    client = as_role("service_desk")
    offered = set()
    for status in ORDER_STATES.transitions:
        held = 0 if status in ("in_position", "refused", "cancelled") else order.amount_minor
        Order.objects.filter(id=order.id).update(status=status, held_minor=held)
        if 'id="do-cancel-order"' in client.get(f"/list/orders/{order.id}/").content.decode():
            offered.add(status)
    assert offered == {"agreed", "funded", "sent", "confirmed"}


def test_nothing_happens_before_it_is_confirmed():
    order = bought()
    client = as_role("service_desk")
    address = f"/do/cancel-order/on/{order.id}/"
    act = act_of(client.get(address))

    client.post(address, {"reason": "asked", "act": act, "step": "check"})

    assert market.order(order.id).status == order.status
    assert not Act.objects.exists()


def test_the_form_comes_back_with_what_was_typed_to_be_changed():
    order = bought()
    client = as_role("service_desk")
    address = f"/do/cancel-order/on/{order.id}/"
    act = act_of(client.get(address))
    typed = {"reason": "mis-typed", "act": act}

    again = client.post(address, {**typed, "step": "edit"})

    assert 'value="mis-typed"' in again.content.decode()
    assert act_of(again) == act


def test_what_is_missing_is_named_at_its_field_and_nothing_typed_is_lost():
    party = person()
    client = as_role("relationship_manager")
    address = f"/do/relate/on/{party}/"
    act = act_of(client.get(address))

    answer = client.post(
        address,
        {"kind": "household", "to_party__q": "", "valid_from": "not a day", "act": act,
         "step": "check"},
    )  # fmt: skip

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_to_party_error"' in page
    assert 'id="id_valid_from_error"' in page
    assert '<option value="household" selected>' in page
    assert 'value="not a day"' in page
    assert parties.relations_of(party) == []


def test_a_refusal_of_the_command_stands_at_the_field_that_it_names():
    party = person()
    account = account_of(party)
    client = as_role("service_desk")

    _confirm, done = go(
        client, f"/do/bind-card/on/{account}/", pan="6222020000000000", holder_name="张伟"
    )

    page = done.content.decode()
    assert done.status_code == 422
    assert 'id="id_pan_error"' in page
    assert "This is not a valid card number." in page
    assert 'value="6222020000000000"' in page
    assert 'value="张伟"' in page
    assert accounts.cards_of(account) == []
    assert not Act.objects.exists()


def test_sending_a_confirmation_twice_is_one_act():
    party = person()
    client = as_role("service_desk")
    address = f"/do/open-account/on/{party}/"
    act = act_of(client.get(address))
    typed = {"account_class": "III", "act": act}
    confirm = client.post(address, {**typed, "step": "check"})

    first = client.post(address, {**hidden(confirm), "step": "do"})
    second = client.post(address, {**hidden(confirm), "step": "do"})

    assert first["Location"] == second["Location"] == f"/customers/{party}/"
    assert len(accounts.accounts_of(party)) == 1


def test_a_key_is_not_used_for_other_content():
    one, other = person(), person()
    client = as_role("service_desk")
    act = act_of(client.get(f"/do/open-account/on/{one}/"))
    typed = {"account_class": "III", "act": act, "step": "do"}

    client.post(f"/do/open-account/on/{one}/", typed)
    answer = client.post(f"/do/open-account/on/{other}/", typed)

    assert answer.status_code == 409
    assert accounts.accounts_of(other) == []


def test_a_refused_act_leaves_its_key_free_for_another_try():
    account = accounts_made.account(5_000, party_id=person())
    card = accounts_made.card(account)
    client = as_role("service_desk")

    address = f"/do/unbind-card/on/{card}/"
    refused = client.post(address, {"act": act_of(client.get(address)), "step": "do"})

    assert refused.status_code == 422
    assert "The last card can't be unbound while the account holds money." in text_of(refused)
    assert "Bind another card first, or pay the balance out." in text_of(refused)
    assert accounts.bound_card(card).status == "active"
    assert not Act.objects.exists()


def test_cards_are_suspended_revived_made_default_and_unbound():
    account = accounts_made.account(0, party_id=person())
    first = accounts_made.card(account, "1111")
    second = accounts_made.card(account, "2222")
    client = as_role("service_desk")

    go(client, f"/do/default-card/on/{first}/")
    assert next(c.id for c in accounts.cards_of(account)) == first
    go(client, f"/do/suspend-card/on/{second}/")
    assert accounts.bound_card(second).status == "suspended"
    go(client, f"/do/revive-card/on/{second}/")
    assert accounts.bound_card(second).status == "active"
    confirm, _done = go(client, f"/do/unbind-card/on/{first}/")

    assert "Payments go by card" in text_of(confirm)
    assert accounts.bound_card(first).status == "unbound"
    assert accounts.bound_card(second).is_default


@pytest.mark.parametrize("role", ["service_desk", "risk_officer"])
def test_a_veto_names_its_reason_and_leaves_no_button(role):
    """To each who may close it, also where his role may not read the ledger by itself."""
    account = accounts_made.account(5_000, party_id=person())
    client = as_role(role)
    address = f"/do/close-account/on/{account}/"

    confirm = client.post(address, {"act": act_of(client.get(address)), "step": "check"})

    assert "still holds ¥50.00. Pay the balance out first." in text_of(confirm)
    assert 'id="command-confirm"' not in confirm.content.decode()
    assert accounts.account(account).status == "active"


def test_the_last_card_says_before_the_button_why_it_stays():
    card = accounts_made.card(accounts_made.account(5_000, party_id=person()))
    client = as_role("service_desk")
    address = f"/do/unbind-card/on/{card}/"

    confirm = client.post(address, {"act": act_of(client.get(address)), "step": "check"})

    assert "can't be unbound while the account holds money." in text_of(confirm)
    assert 'id="command-confirm"' not in confirm.content.decode()
    assert accounts.bound_card(card).status == "active"


def test_all_customers_of_a_manager_are_handed_over():
    one, other = person(), person()
    day = business_date()
    for party in (one, other):
        party_commands.assign_service(party, "lead_rm", "RM900", "retail", day)
    party_commands.assign_service(one, "referrer", "RM900", "retail", day)
    client = as_role("operation_head")
    assert 'id="do-hand-over"' in client.get("/list/managers/RM900/").content.decode()

    confirm, done = go(
        client, "/do/hand-over/on/RM900/", to="staff", to_staff__q="RM901", to_staff="RM901",
        department="cards", reason="left the bank",
    )  # fmt: skip

    assert "RM901 leads 2 customers from today on." in text_of(confirm)
    assert "1 other task goes with them." in text_of(confirm)
    assert done.status_code == 302
    assert parties.service_leads([one, other]) == {
        one: ("RM901", "cards"),
        other: ("RM901", "cards"),
    }
    roles = {(s.role, s.staff_code) for s in parties.service_team(one)}
    assert roles == {("lead_rm", "RM901"), ("referrer", "RM901")}


def test_without_a_successor_the_central_team_leads():
    party = person()
    party_commands.assign_service(party, "lead_rm", "RM900", "retail", business_date())
    client = as_role("operation_head")

    go(client, "/do/hand-over/on/RM900/", to="pool", reason="left the bank")

    assert parties.service_leads([party]) == {party: ("", "direct")}


def test_one_person_is_found_by_the_words_typed_and_several_are_offered():
    here = person()
    there = accounts_made.person("欧阳小丽")
    client = as_role("relationship_manager")
    address = f"/do/relate/on/{here}/"
    typed = {"kind": "household", "valid_from": business_date().isoformat()}

    found = client.get(f"/do/relate/on/{here}/find/to_party/", {"to_party__q": "欧阳小丽"})
    assert f'value="{there}"' in found.content.decode()

    confirm, done = go(client, address, **typed, to_party__q="欧阳小丽")
    assert done.status_code == 302, text_of(confirm)
    assert [r.other_id for r in parties.relations_of(here)] == [there]

    accounts_made.person("欧阳小丽")
    several, _same = go(client, address, **typed, to_party__q="欧阳小丽")
    assert several.status_code == 422
    assert "Several are found: choose one." in text_of(several)
    assert several.content.decode().count('type="radio" name="to_party"') == 2


def test_bounds_of_dates_and_amounts_hold_on_the_server():
    party = person()
    client = as_role("relationship_manager", "operation_head")
    address = f"/do/assign-service/on/{party}/"
    late = (business_date() + timedelta(days=1)).isoformat()

    answer, _same = go(
        client, address, role="lead_rm", staff_code="RM1", department="retail", valid_from=late
    )

    assert answer.status_code == 422
    assert "This is between" in text_of(answer)
    assert parties.service_team(party)[0].role == "central_pool"


def test_consent_on_paper_is_recorded_and_withdrawn():
    party = person()
    client = as_role("service_desk")
    typed = {"purpose": "marketing", "channel": "sms", "recipient": "bank"}

    go(client, f"/do/grant-consent/on/{party}/", **typed, evidence="P-17")
    assert [(c.channel, c.granted, c.evidence) for c in parties.consents_of(party)] == [
        ("sms", True, "paper:P-17")
    ]
    go(client, f"/do/withdraw-consent/on/{party}/", **typed, evidence="P-18")

    assert [(c.channel, c.granted) for c in parties.consents_of(party)] == [("sms", False)]


def test_a_file_is_read_before_it_is_imported_and_kept_between_the_steps(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path
    client = as_role("data_steward")
    address = "/do/import-source/on/retail/"
    rows = "R1,张伟,,13900001234\nR2,,,\n"
    file = SimpleUploadedFile("retail.csv", (CSV + rows).encode(), "text/csv")
    before = {s.code: s.records for s in parties.sources()}["retail"]

    confirm = client.post(
        address, {"file": file, "act": act_of(client.get(address)), "step": "check"}
    )
    assert "Rows read" in text_of(confirm), text_of(confirm)
    assert {s.code: s.records for s in parties.sources()}["retail"] == before
    assert not (tmp_path / "rejects").exists()
    done = client.post(address, {**hidden(confirm), "step": "do"})

    assert "The file is taken in" in text_of(done)
    assert {s.code: s.records for s in parties.sources()}["retail"] == before + 1
    assert not list((tmp_path / "uploads").glob("*/*/*"))
    again = client.post(address, {**hidden(confirm), "step": "do"})
    assert again.status_code == 302


def test_a_file_of_another_person_is_not_found(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path
    address = "/do/import-source/on/retail/"
    mine, other = as_role("data_steward"), as_role("data_steward")
    file = SimpleUploadedFile("retail.csv", (CSV + "R1,张伟,,13900001234\n").encode(), "text/csv")
    confirm = mine.post(address, {"file": file, "act": act_of(mine.get(address)), "step": "check"})

    answer = other.post(address, {**hidden(confirm), "step": "do"})

    assert answer.status_code == 422
    assert "The file is no longer here; choose it again." in text_of(answer)


def test_a_partner_is_registered_and_taken_live_by_two_people_and_suspended_by_one():
    maker, checker = as_role("product_manager"), as_role("operation_head")

    go(
        maker, "/do/propose-partner/", code="acme", name_zh="甲公司", name_en="Acme",
        scene="payroll",
    )  # fmt: skip
    assert "acme" not in {p.code for p in partners.partners()}
    decide(checker)
    [partner] = [p for p in partners.partners() if p.code == "acme"]
    assert partner.status == "applied"
    go(maker, f"/do/propose-go-live/on/{partner.id}/")
    assert partners.partner(partner.id).status == "applied"
    decide(checker)
    assert partners.partner(partner.id).status == "live"
    assert maker.get(f"/do/suspend-partner/on/{partner.id}/").status_code in (403, 404)
    go(checker, f"/do/suspend-partner/on/{partner.id}/")
    assert partners.partner(partner.id).status == "suspended"


def decide(client):
    """The newest proposal that waits is agreed to."""
    made = Approval.objects.filter(state="pending").latest("id")
    client.post(f"/approvals/{made.id}/", {"decision": "approve"})
    assert Approval.objects.get(id=made.id).state == "approved"


def test_every_declared_form_draws_and_names_each_argument():
    for command in commands.declared():
        key = {"hand-over": "RM1", "import-source": "retail"}.get(command.name, str(uuid7()))
        key = "LTYEB1" if command.on == "products" else key
        try:
            filled = dict(command.fills(key))
        except Exception:  # a row that is not there: what it would fill is its arguments
            continue
        needed = [a.name for a in asked(command, filled) if a.required]
        assert set(needed) <= set(command.inputs), command.name
        unknown = set(command.inputs) - {a.name for a in asked(command, filled)}
        assert not unknown, (command.name, unknown)


def test_an_account_is_frozen_and_released_from_the_customers_page():
    party = person()
    account = account_of(party)
    client = as_role("service_desk", "risk_officer")
    assert (
        f"/do/freeze-account/on/{account}/" in client.get(f"/customers/{party}/").content.decode()
    )

    confirm, done = go(client, f"/do/freeze-account/on/{account}/", reason="asked by a court")

    assert "No money goes out of the account" in text_of(confirm)
    assert done["Location"] == f"/customers/{party}/"
    assert accounts.account(account).status == "frozen"
    page = client.get(f"/customers/{party}/").content.decode()
    assert f"/do/release-account/on/{account}/" in page
    assert f"/do/freeze-account/on/{account}/" not in page
    go(client, f"/do/release-account/on/{account}/", reason="the court has lifted it")
    assert accounts.account(account).status == "active"
    assert account_commands.limits_of("II")
