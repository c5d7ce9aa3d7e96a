"""Each role's home and a search of its own, in a browser: numbers equal the lists behind them."""

from __future__ import annotations

import re

import pytest
from tests.walk.browsing import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium: see CONTRIBUTING.md, Browser tests"),
]
# what each role looks for, and the kind and part that it must find
SEARCHES = {
    "head": ("Approvals", "pages", "Approvals"),
    "marketer": ("计划", "pages", "计划"),
    "manager": ("RM001", "employees", "RM001"),
    "desk": ("Close the account", "commands", "Close the account"),
    "product": ("shelf", "pages", "shelf"),
    "steward": ("merges", "pages", "Merges"),
    "risk": ("param", "pages", "Param"),
    "finance": ("trial", "pages", "Trial"),
    "auditor": ("cash", "subjects", "Cash"),
    "engineer": ("deliv", "pages", "deliv"),
}


@pytest.mark.parametrize("username", sorted(SEARCHES))
def test_home_and_search_of_a_role(people, served, username):
    page = people(username)
    page.goto(f"{served.url}/")
    links = page.eval_on_selector_all(
        "#work a, #key-figures a",
        "links => links.map(a => [a.id, a.getAttribute('href'), a.dataset.count])",
    )
    assert len(links) >= 4, links
    for name, href, count in links:
        answer = page.request.get(f"{served.url}{href}")
        assert answer.status == 200, href
        found = re.search(r'id="total">([^<]*)', answer.text())
        total = re.findall(r"\d[\d,]*", found[1])[-1] if found else "0"
        assert int(total.replace(",", "")) == int(count), (name, href)

    text, kind, part = SEARCHES[username]
    page.fill("#search", text)
    page.wait_for_selector(f"#hits-{kind} mark")
    assert page.locator(f"#hits-{kind} mark").first.inner_text().lower() == part.lower()
    page.fill("#search", "qqzz-nothing")
    page.wait_for_selector("#search-nothing")


def test_an_account_is_found_by_its_last_four_with_the_keyboard(people, served):
    [(number, party)] = served.sql(
        "SELECT number, party_id FROM accounts_electronicaccount ORDER BY number LIMIT 1"
    )
    page = people("desk")
    page.goto(f"{served.url}/")
    page.keyboard.press("/")
    page.keyboard.type(str(number)[-4:])
    page.wait_for_selector("#hits-accounts mark")
    assert page.locator("#hits-accounts mark").first.inner_text() == str(number)[-4:]
    assert str(number) not in page.inner_text("#search-results")
    page.locator(f"#hits-accounts a[href*='{party}']").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#customer-name")
