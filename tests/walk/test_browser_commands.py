"""Days of the people whose work it is: each does his commands in a real browser, on the served
small bank, and the books say afterwards what he did. Buttons are clicked twice throughout."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from tests.walk.browsing import (
    CHROMIUM,
    PHONE,
    approve,
    balance,
    buy_on_the_phone,
    choose,
    confirm,
    party_of,
    proposal,
    said,
    sent_again,
    until,
)
from tests.walk.conftest import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium: see CONTRIBUTING.md, Browser tests"),
]


def test_the_desk_cancels_the_order_that_a_customer_asks_to_take_back(people, served):
    customer = party_of(served, "customer")
    [(account,)] = served.sql(
        f"SELECT id FROM accounts_electronicaccount WHERE party_id = '{customer}'"
    )
    before = balance(served, account)
    phone = people("customer", PHONE, "zh-CN")
    buy_on_the_phone(phone, served, "77.70")
    orders = (
        f"SELECT id, status, held_minor FROM market_order WHERE party_id = '{customer}'"
        " AND amount_minor = 7770"
    )
    [(order, _status, _held)] = served.sql(orders)  # a double click bought once
    assert balance(served, account) == before - 7770

    desk = people("desk")
    desk.goto(f"{served.url}/list/orders/{order}/")
    desk.click("#do-cancel-order")
    desk.fill("#id_reason", "asked for by telephone")
    desk.click("#command-next")
    assert "¥77.70 goes back whole" in desk.inner_text("#effects")
    desk.dblclick("#command-confirm")
    desk.wait_for_selector(".message.success")

    assert served.sql(orders) == [(order, "cancelled", 0)]
    assert balance(served, account) == before
    assert desk.locator("#do-cancel-order").count() == 0
    phone.goto(f"{served.url}/m/orders/{order}/")
    assert "asked for by telephone" in said(phone)


def test_the_last_card_of_an_account_with_money_is_not_unbound(people, served):
    customer = party_of(served, "customer")
    cards = (
        "SELECT c.id, c.status FROM accounts_boundcard c JOIN accounts_electronicaccount a"
        f" ON a.id = c.account_id WHERE a.party_id = '{customer}'"
    )
    [(card, status)] = served.sql(cards)
    assert status == "active"
    desk = people("desk")
    desk.goto(f"{served.url}/customers/{customer}/")
    desk.locator(f"a[data-command=unbind-card][href*='{card}']").click()
    desk.click("#command-next")

    reasons = desk.inner_text("#reasons")
    assert "The last card can't be unbound while the account holds money." in reasons
    assert "Bind another card first, or pay the balance out." in reasons
    assert desk.locator("#command-confirm").count() == 0  # no button for what is refused
    act = desk.get_attribute("#confirm-form input[name=act]", "value")
    assert sent_again(desk, desk.url, act=act, step="do") == 422
    assert served.sql(cards) == [(card, "active")]


def test_an_account_that_holds_a_fund_stays_open_with_every_reason_told(people, served):
    [(account, party, number)] = served.sql(
        "SELECT a.id, a.party_id, a.number FROM wealth_holding h"
        " JOIN accounts_electronicaccount a ON a.id = h.account_id"
        " JOIN ledger_account l ON l.id = a.id"
        " WHERE h.shares_minor > 0 AND l.balance_minor > 0 AND a.status = 'active' LIMIT 1"
    )
    desk = people("desk")
    desk.goto(f"{served.url}/customers/{party}/")
    desk.locator(f"a[data-command=close-account][href*='{account}']").click()
    desk.click("#command-next")

    reasons = desk.locator("#reasons li").all_inner_texts()
    money = served.sql(f"SELECT balance_minor FROM ledger_account WHERE id = '{account}'")[0][0]
    assert any(f"Account {number} still holds ¥{money / 100:,.2f}." in r for r in reasons)
    assert any("Pay the balance out first." in r for r in reasons)
    assert any("The account holds ¥" in r and "Redeem it first." in r for r in reasons)
    assert desk.locator("#command-confirm").count() == 0
    act = desk.get_attribute("#confirm-form input[name=act]", "value")
    assert sent_again(desk, desk.url, act=act, step="do") == 422
    status = f"SELECT status FROM accounts_electronicaccount WHERE id = '{account}'"
    assert served.sql(status) == [("active",)]


def test_the_head_hands_a_managers_customers_over(people, served):
    led = (
        "SELECT count(*) FROM parties_serviceassignment WHERE role = 'lead_rm'"
        " AND valid_to IS NULL AND staff_code = '{}'"
    )
    [(old,), (heir,)] = served.sql(
        "SELECT staff_code FROM parties_serviceassignment WHERE role = 'lead_rm'"
        " AND valid_to IS NULL AND staff_code LIKE 'RM%' AND staff_code <> 'RM001'"
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2"
    )
    [(moving,)], [(had,)] = served.sql(led.format(old)), served.sql(led.format(heir))
    head = people("head")
    head.goto(f"{served.url}/list/managers/{old}/")
    head.click("#do-hand-over")
    head.select_option("#id_to", "staff")
    choose(head, "to_staff", str(heir))
    head.select_option("#id_department", "retail")
    head.fill("#id_reason", "moves to another city")
    head.click("#command-next")
    assert f"{heir} leads {moving} customers from today on." in head.inner_text("#effects")
    head.dblclick("#command-confirm")
    head.wait_for_selector(".message.success")

    assert served.sql(led.format(old)) == [(0,)]
    assert served.sql(led.format(heir)) == [(had + moving,)]


def test_two_people_release_the_plan_and_a_manager_records_an_answer(people, served):
    plan = 'SELECT id, status FROM outreach_plan ORDER BY "on" DESC LIMIT 1'
    [(plan_id, status)] = served.sql(plan)
    assert status == "drafted"
    marketer = people("marketer")
    marketer.goto(f"{served.url}/plan/")
    marketer.dblclick("#propose-release")
    marketer.wait_for_selector(".message.success")
    waiting = served.sql(
        f"SELECT id FROM core_approval WHERE state = 'pending' AND key LIKE '%{plan_id}%'"
    )
    assert len(waiting) == 1
    page = f"{served.url}/approvals/{waiting[0][0]}/"
    marketer.goto(page)
    assert marketer.locator("#own-proposal").count() == 1
    assert marketer.locator("#approve").count() == 0
    assert sent_again(marketer, page, decision="approve") in (403, 409)
    assert served.sql(plan) == [(plan_id, "proposed")]

    approve(people("risk"), served, f"/approvals/{waiting[0][0]}/")
    assert served.sql(plan) == [(plan_id, "released")]

    manager = people("manager")
    manager.goto(f"{served.url}/plan/")
    answer = manager.locator("[data-command=record-response]").first
    item = re.search(r"[0-9a-f-]{36}", answer.get_attribute("href"))[0]
    manager.goto(f"{served.url}{answer.get_attribute('href')}")
    manager.select_option("#id_response", "interested")
    manager.fill("#id_note", "wants to hear more in December")
    confirm(manager)
    assert served.sql(
        "SELECT i.status, c.response, c.note FROM outreach_planitem i"
        f" JOIN outreach_contact c ON c.plan_item_id = i.id WHERE i.id = '{item}'"
    ) == [("responded", "interested", "wants to hear more in December")]


def proved(page) -> None:
    """The password once more, where the house asks who is there."""
    page.wait_for_load_state()
    if "/auth/" in page.url:
        page.fill("#id_password", PASSWORD)
        page.click("form button[type=submit].primary")
        page.wait_for_load_state()


def test_a_member_gives_a_partner_a_mandate_on_his_phone_and_takes_it_back(people, served):
    customer = party_of(served, "customer")
    phone = people("customer", PHONE, "zh-CN")
    phone.goto(f"{served.url}/m/me/mandates/")
    assert phone.locator("#mandates form").count() == 0  # a member of nobody has nothing to give
    assert phone.locator("#mandates .state").count() == 1

    # the head brings him in with the file that the partner's personnel office sent
    [(name, id_number, mobile)] = served.sql(
        f"SELECT name, id_number, mobile FROM parties_party WHERE id = '{customer}'"
    )
    [(partner, code)] = served.sql("SELECT id, code FROM partners_partner WHERE status = 'live'")
    head = people("head")
    head.goto(f"{served.url}/do/onboard-members/on/{partner}/")
    rows = f"member_no,name,id_number,mobile,email\nE900,{name},{id_number},{mobile},\n"
    head.set_input_files(
        "#id_file",
        files=[{"name": "members.csv", "mimeType": "text/csv", "buffer": rows.encode()}],
    )
    head.click("#command-next")
    head.wait_for_selector("#command-confirm")
    head.dblclick("#command-confirm")
    head.wait_for_load_state()
    members = f"SELECT member_no FROM partners_member WHERE party_id = '{customer}'"
    waiting = "SELECT count(*) FROM partners_enrolment WHERE member_no = 'E900'"
    until(served, waiting, [(1,)])
    assert served.sql(members) == []  # nothing is so until he says it himself

    mandates = (
        "SELECT count(*), count(withdrawn_at) FROM partners_mandate"
        f" WHERE party_id = '{customer}' AND partner_id = '{partner}'"
    )
    phone.reload()
    phone.click("#waiting button[name=granted]")
    proved(phone)
    phone.wait_for_selector(".message.success")
    assert served.sql(members) == [("E900",)]
    phone.click("#mandates button[name=granted]")
    proved(phone)
    phone.wait_for_selector(".message.success")
    assert served.sql(mandates) == [(1, 0)], code
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.locator("#mandates form button:not([name])").dblclick()
    phone.wait_for_selector("#mandates button[name=granted]")
    assert served.sql(mandates) == [(1, 1)]


def test_an_engineer_retries_a_dead_letter_and_gives_it_up(people, served):
    handler, kind, key = "outreach.close_contact", "market.order.placed", f"walk:{uuid4()}"
    broken, behind = uuid4(), uuid4()
    served.sql(
        "INSERT INTO core_event (id, type, key, seq, payload, occurred_at, actor_kind, actor)"
        f" SELECT id, '{kind}', '{key}', nextval('core_event_seq'), payload::jsonb, now(),"
        " 'system', 'walk' FROM (VALUES"
        f" ('{broken}'::uuid, '{{}}'),"
        f' (\'{behind}\'::uuid, \'{{"party_id": "{uuid4()}", "product_code": "LTYEB1"}}\')'
        ") AS given(id, payload)"
    )
    served.sql(
        "INSERT INTO core_delivery (handler, key, seq, event_id, state, due_at, attempts,"
        " last_error, decided_by, reason)"
        f" SELECT '{handler}', key, seq, id, CASE WHEN id = '{broken}' THEN 'dead'"
        f" ELSE 'waiting' END, CASE WHEN id = '{behind}' THEN NULL ELSE now() END,"
        " 8, 'KeyError', '', ''"
        f" FROM core_event WHERE key = '{key}' ORDER BY seq"
    )
    mine = f"SELECT state, attempts FROM core_delivery WHERE event_id = '{broken}'"
    engineer = people("engineer")
    engineer.goto(f"{served.url}/list/deliveries/?state=dead")
    engineer.locator("#rows tbody a").first.click()
    assert engineer.inner_text("#behind") == "1"
    engineer.dblclick("#retry button")
    engineer.wait_for_selector(".message.success")
    until(served, mine, [("waiting", 1)])  # it failed once more, and once only

    [(delivery,)] = served.sql(f"SELECT id FROM core_delivery WHERE event_id = '{broken}'")
    address = f"{served.url}/deliveries/{delivery}/"
    assert sent_again(engineer, address, decision="give_up", reason="") == 422
    assert served.sql(mine) == [("waiting", 1)]
    engineer.goto(address)
    assert "party_id" in engineer.inner_text("#error")
    engineer.fill("#give-up textarea", "the sender has mended it and sent it anew")
    engineer.dblclick("#give-up button")
    engineer.wait_for_selector(".message.success")
    assert served.sql(mine)[0][0] == "given_up"
    until(served, f"SELECT count(*) FROM core_delivery WHERE event_id = '{behind}'", [(0,)])

    auditor = people("auditor")
    auditor.goto(address)
    assert "the sender has mended it" in said(auditor)
    assert auditor.locator("form#retry, form#give-up").count() == 0


def test_a_steward_merges_two_customers_and_has_them_taken_apart_again(people, served):
    known = (
        "SELECT p.id, p.name, a.id FROM parties_party p JOIN accounts_electronicaccount a"
        " ON a.party_id = p.id WHERE p.kind = 'person' AND p.status = 'active'"
        " AND p.id_number {} ''"
        " AND NOT EXISTS (SELECT FROM core_user u WHERE u.party_id = p.id)"
        " AND (SELECT count(*) FROM parties_party q WHERE q.name = p.name) = 1"
        " ORDER BY p.id LIMIT {}"
    )
    (keep, _name, _account), (third, third_name, _other) = served.sql(known.format("<>", 2))
    [(other, other_name, account)] = served.sql(known.format("=", 1))
    owner = f"SELECT party_id FROM accounts_electronicaccount WHERE id = '{account}'"
    steward, head = people("steward"), people("head")
    steward.goto(f"{served.url}/do/merge-parties/on/{keep}/")
    choose(steward, "other", str(third_name))
    steward.fill("#id_reason", "they look alike")
    steward.click("#command-next")
    steward.click("#command-confirm")
    steward.wait_for_selector("text=The two have different valid identity numbers.")
    assert "Correct the record that has the wrong number first." in steward.inner_text("main")
    assert served.sql(f"SELECT count(*) FROM core_approval WHERE key LIKE '%{third}%'") == [(0,)]

    steward.goto(f"{served.url}/do/merge-parties/on/{keep}/")
    choose(steward, "other", str(other_name))
    steward.fill("#id_reason", "the same person, with two papers")
    confirm(steward)
    proposed = proposal(steward)
    assert steward.locator("#own-proposal").count() == 1
    assert served.sql(owner) == [(other,)]

    approve(head, served, proposed)
    assert served.sql(owner) == [(keep,)]

    [(merge,)] = served.sql(
        f"SELECT id FROM parties_merge WHERE was = '{other}' AND undone_at IS NULL"
    )
    steward.goto(f"{served.url}/list/merges/{merge}/")
    steward.click("#do-unmerge")
    steward.fill("#id_reason", "the second paper is his brother's")
    confirm(steward)
    approve(head, served, proposal(steward))
    assert served.sql(owner) == [(other,)]
    head.goto(f"{served.url}/customers/{other}/")
    assert head.locator("#customer-name").count() == 1


def test_terms_and_parameters_are_proposed_refused_and_agreed(people, served):
    product, head, risk = people("product"), people("head"), people("risk")
    code = "outreach.cap.per_7_days"
    product.goto(f"{served.url}/do/propose-parameter/on/{code}/")
    product.fill("#id_value", "many")
    [(day,)] = served.sql("SELECT current_date + 30")
    product.fill("#id_valid_from", day.isoformat())
    product.click("#command-next")
    product.wait_for_selector("[role=alert]")
    assert product.input_value("#id_value") == "many"  # refused, and nothing typed is lost
    assert served.sql(
        f"SELECT count(*) FROM core_approval WHERE key LIKE '{code}%' AND state = 'pending'"
    ) == [(0,)]

    product.fill("#id_value", "2")
    product.fill("#id_regulation", "The bank’s contact policy of 2027")
    confirm(product)
    asked = proposal(product)
    approve(risk, served, asked)
    held = f"SELECT value, valid_from FROM core_parameter WHERE code = '{code}'"
    assert (2, day) in served.sql(held)

    product.goto(f"{served.url}/do/propose-terms/on/LTYEB1/")
    product.fill("#id_summary_en", "A money market fund, redeemed on the same day")
    confirm(product)
    asked = proposal(product)
    assert "redeemed on the same day" in said(product)
    head.goto(f"{served.url}{asked}")
    head.click("#reject")
    head.wait_for_selector("#refusal")  # a rejection needs a reason
    assert head.locator("#reject").count() == 1
    head.fill("#reason", "say up to which amount")
    head.dblclick("#reject")
    head.wait_for_selector(".message.success")
    product.goto(f"{served.url}{asked}")
    assert "say up to which amount" in said(product)
    refused = people("marketer").goto(f"{served.url}/do/propose-terms/on/LTYEB1/")
    assert refused.status == 403
