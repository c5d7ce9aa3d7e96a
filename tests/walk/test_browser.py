"""A person's way through the pages, in a real browser, on the served small bank."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.walk.browsing import CHROMIUM, FLAGS
from tests.walk.conftest import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium: see CONTRIBUTING.md, Browser tests"),
]


@pytest.fixture
def page(tmp_path, request) -> Iterator[object]:
    """A fresh browser; at the end no page has broken the content security policy."""
    playwright = pytest.importorskip("playwright.sync_api")
    width, height, language = getattr(request, "param", (1440, 900, "en-GB"))
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            tmp_path / "profile",
            executable_path=CHROMIUM,
            headless=True,
            args=FLAGS,
            viewport={"width": width, "height": height},
            locale=language,
        )
        found = context.pages[0]
        complaints: list[str] = []
        found.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        yield found
        context.close()
        assert not [c for c in complaints if "Content Security Policy" in c]


def sign_in(page, bank, username: str) -> None:
    page.goto(f"{bank.url}/auth/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.click("#sign-in-button")
    page.wait_for_load_state()


def test_staff_from_sign_in_to_the_plan(page, served):
    sign_in(page, served, "head")
    assert page.locator("#menu").is_visible()
    assert page.locator("svg").count() > 0

    [(party_id, name)] = served.sql(
        "SELECT p.id, p.name FROM parties_party p JOIN accounts_electronicaccount a"
        " ON a.party_id = p.id WHERE length(p.name) = 3 ORDER BY p.id LIMIT 1"
    )
    page.fill("#search", str(name))
    page.wait_for_selector(f"#search-results a[href*='{party_id}']")
    page.click(f"#search-results a[href*='{party_id}']")
    page.wait_for_selector("#customer-name")
    for part in ("#customer-name", "#products", "#timeline", "#consents", "#service-team"):
        assert page.locator(part).count() == 1, part

    page.goto(f"{served.url}/plan/")
    assert page.locator("#rows table").count() == 1
    assert page.locator("#blocked").count() == 1


def test_a_page_of_another_role_is_refused(page, served):
    sign_in(page, served, "manager")
    answer = page.goto(f"{served.url}/trial-balance/")
    assert answer.status == 403


@pytest.mark.parametrize("page", [(390, 844, "zh-CN")], indirect=True)
def test_a_customer_buys_and_sees_the_entry(page, served):
    sign_in(page, served, "customer")
    assert page.url.endswith("/m/")
    page.click("#go-buy")
    page.wait_for_load_state()
    if page.locator("#assessment-form").count() == 0 and page.locator("#trade-form").count() == 0:
        page.locator("main a.button").first.click()
        page.wait_for_load_state()
    if page.locator("#assessment-form").count():
        for question in page.locator("#assessment-form fieldset").all():
            question.locator("input[type=radio]").nth(1).check()
        page.click("#assessment-button")
        page.wait_for_load_state()
        page.goto(f"{served.url}/m/")
        page.click("#go-buy")
        page.wait_for_load_state()
    page.fill("#amount", "321")
    page.click("#continue-button")
    page.wait_for_selector("#confirm-button")
    assert "321.00" in page.inner_text("#confirm-amount")
    page.click("#confirm-button")
    page.wait_for_selector("#order-result")

    page.goto(f"{served.url}/m/")
    page.click("#go-entries")
    page.wait_for_load_state()
    assert "321.00" in page.inner_text("main")


@pytest.mark.parametrize("page", [(390, 844, "en-GB")], indirect=True)
def test_a_customer_pays_out_to_the_bound_card(page, served):
    sign_in(page, served, "customer")
    page.click("#go-withdraw")
    page.fill("#amount", "12.34")
    page.click("#pay-button")
    page.wait_for_selector("#review-confirm")
    assert "12.34" in page.inner_text("#review-amount")
    page.fill("#proof", "wrong")
    page.click("#review-confirm")
    page.wait_for_selector("#refusal")
    page.fill("#proof", PASSWORD)
    page.dblclick("#review-confirm")
    page.wait_for_selector("#receipt")
    assert "12.34" in page.inner_text("main")
    settled = served.sql("SELECT status FROM payments_payment ORDER BY id DESC LIMIT 1")
    assert settled[0][0] in ("settled", "sent", "unknown")


def test_nothing_is_wider_than_a_small_phone(page, served):
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, served, "head")
    for path in ("/", "/list/customers/", "/plan/"):
        page.goto(f"{served.url}{path}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{path} is {wide} px wide"
