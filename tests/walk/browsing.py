"""A browser, the people who sit before it, and what they do with the bank's forms."""

from __future__ import annotations

import re
import shutil
import time

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def said(page) -> str:
    return page.inner_text("main")


def confirm(page) -> None:
    """From a filled form past the page that says what will happen, with a double click."""
    page.click("#command-next")
    page.wait_for_selector("#command-confirm")
    page.dblclick("#command-confirm")
    page.wait_for_selector(".message.success")


def choose(page, name: str, text: str) -> None:
    """Find what a form refers to by typing, and take the only hit."""
    page.fill(f"#id_{name}", text)
    page.wait_for_selector(f"#id_{name}-hits input[type=radio]")
    page.locator(f"#id_{name}-hits input[type=radio]").first.check()


def approve(page, bank, approval: str) -> None:
    page.goto(f"{bank.url}{approval}")
    page.dblclick("#approve")
    page.wait_for_selector(".message.success")


def proposal(page) -> str:
    found = re.search(r"/approvals/[0-9a-f-]{36}/", page.url)
    assert found, page.url
    return found[0]


def until(bank, question: str, answer: object, seconds: float = 20) -> None:
    """Wait for what a worker does."""
    found = None
    for _attempt in range(int(seconds * 4)):
        found = bank.sql(question)
        if found == answer:
            return
        time.sleep(0.25)
    raise AssertionError(f"{question}: {found}, not {answer}")


def sent_again(page, address: str, **typed: str) -> int:
    """Send a form past its page, as who edits the page would; the answer's status."""
    token = page.context.cookies()
    csrf = next(c["value"] for c in token if "csrf" in c["name"])
    answer = page.request.post(
        address, form={"csrfmiddlewaretoken": csrf, **typed}, headers={"Referer": address}
    )
    return answer.status


def party_of(bank, username: str) -> str:
    return str(bank.sql(f"SELECT party_id FROM core_user WHERE username = '{username}'")[0][0])


def balance(bank, account_id: object) -> object:
    return bank.sql(f"SELECT balance_minor FROM ledger_account WHERE id = '{account_id}'")[0][0]


def buy_on_the_phone(phone, bank, amount: str) -> None:
    phone.goto(f"{bank.url}/m/")
    phone.click("#go-buy")
    phone.wait_for_load_state()
    if phone.locator("#assessment-form, #trade-form").count() == 0:
        phone.locator("main a.button").first.click()
        phone.wait_for_load_state()
    if phone.locator("#assessment-form").count():
        for question in phone.locator("#assessment-form fieldset").all():
            question.locator("input[type=radio]").nth(1).check()
        phone.click("#assessment-button")
        phone.wait_for_load_state()
        phone.goto(f"{bank.url}/m/")
        phone.click("#go-buy")
    phone.fill("#amount", amount)
    phone.click("#continue-button")
    phone.wait_for_selector("#confirm-button")
    phone.dblclick("#confirm-button")
    phone.wait_for_selector("#order-result")
