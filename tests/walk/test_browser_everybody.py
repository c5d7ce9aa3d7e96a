"""Every page for everybody: axe finds nothing, a finger meets what it aims at, paper is light."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import pytest
from tests.walk.browsing import CHROMIUM
from tests.walk.conftest import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium: see CONTRIBUTING.md, Browser tests"),
]
PEOPLE = ("head", "finance", "steward", "engineer", "customer", "partner")
BEFORE_SIGN_IN = ("/auth/login/", "/auth/password/reset/", "/api/v1/docs")
NOT_PAGES = re.compile(r"logout|^/admin/|^/o/|\.csv|openapi|^/static/|^/outbox/")
PAGES_MAX = 140
PHONE_NARROW = {"width": 390, "height": 844}
TARGET_PX = 43.5  # 44, with half a pixel for rounding

# What can be tapped: its own box, or that of the label that stands for it.
TARGETS = """() => {
  const seen = e => { const r = e.getBoundingClientRect();
    return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== 'hidden' &&
      !e.closest('.visually-hidden, .skip, svg'); };
  const box = e => (e.matches('[type=radio], [type=checkbox]') &&
    (e.closest('label') || document.querySelector(`label[for="${e.id}"]`))) || e;
  const tapped = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  return [...document.querySelectorAll(tapped)].filter(seen).map(e => {
    const r = box(e).getBoundingClientRect();
    return [`${e.tagName} ${e.id || e.className || e.textContent.trim().slice(0, 30)}`,
      r.width, r.height]; });
}"""
AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')} ${n.failureSummary}`))"""


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip("axe_playwright_python")
    return (resources.files(package) / "axe.min.js").read_text()


def shape(path: str) -> str:
    """Pages of one kind are looked at once."""
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)", "#", re.split(r"[?#]", path)[0])
    return re.sub(r"^(/list/[a-z-]+/|/m/wealth/[a-z]+/)[^/]+/$", r"\1#/", plain)


def pages(page, url: str, username: str, skip: set[str]) -> Iterator[str]:
    """Sign in and go to one page of each kind that links lead to, each loaded and at rest."""
    queue = list(BEFORE_SIGN_IN)
    for address in queue:
        page.goto(url + address)
        yield address
    page.goto(f"{url}/auth/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", PASSWORD)
    page.click("#sign-in-button")
    page.wait_for_url(lambda at: "/auth/" not in at)
    queue = [page.url.removeprefix(url), "/auth/password/change/", "/auth/2fa/"]
    while queue and len(skip) < PAGES_MAX:
        path = queue.pop(0)
        if shape(path) in skip or NOT_PAGES.search(path):
            continue
        skip.add(shape(path))
        answer = page.goto(url + path)
        assert answer.status == 200, (username, path, answer.status)
        yield path
        links = page.eval_on_selector_all("a[href]", "es => es.map(e => e.getAttribute('href'))")
        queue += [link for link in links if link.startswith("/")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "theme"), [("en-GB", "light"), ("zh-CN", "dark"), ("en-GB", "dark"),
                            ("zh-CN", "light")],
)  # fmt: skip
def test_axe_finds_nothing_and_every_target_is_as_large_as_a_finger(
    chromium, served, axe, language, theme
):
    found: list[str] = []
    looked_at: set[str] = set()
    for username in PEOPLE:
        context = chromium.new_context(
            viewport=PHONE_NARROW,
            has_touch=True,
            color_scheme=theme,
            locale=language,
            bypass_csp=True,  # for axe itself; the pages' own policy is held in the other tests
        )
        page = context.new_page()
        for path in pages(page, served.url, username, looked_at):
            page.evaluate(axe)
            found += [f"{username} {path} {finding}" for finding in page.evaluate(AXE)]
            found += [
                f"{username} {path} {name}: {width:.0f} × {height:.0f}"
                for name, width, height in page.evaluate(TARGETS)
                if min(width, height) < TARGET_PX
            ]
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{username} {path} is {over} px too wide"] * (over > 0)
        context.close()
    assert found == []
    assert len(looked_at) > 60


@pytest.mark.parametrize("path", ["/trial-balance/", "/list/orders/", "/list/approvals/"])
def test_paper_shows_the_page_in_light_without_what_is_clicked(people, served, path):
    page = people("head")
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(served.url + path)
    try:
        hidden = page.eval_on_selector_all(
            ".sidebar, .topbar, .filters, .commands, .button",
            "es => es.filter(e => e.getClientRects().length).map(e => e.className)",
        )
        assert hidden == []
        assert page.locator("main h1").is_visible()
        paper, ink = page.evaluate(
            "(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))"
        )
        assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
        card = page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
        assert card == "rgb(255, 255, 255)"
    finally:
        page.emulate_media(media="screen", color_scheme="light")
