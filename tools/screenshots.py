"""`make screenshots`: the README's pictures, taken from the running demo by a real browser."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import django
from playwright.sync_api import BrowserContext, Page, sync_playwright

os.environ.setdefault("LITI_NO_DATABASE", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liti.site.settings")
django.setup()

from liti.sample.staff import PASSWORD  # noqa: E402  a demonstration's; Django is set up just now

OUT = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WAIT_MS_MAX = 15_000
WIDE, NARROW = (1440, 900), (390, 844)


@dataclass(frozen=True)
class Shot:
    """A picture: whose login, which page (or the first link on it), how it looks."""

    file: str
    login: str
    path: str
    size: tuple[int, int]
    language: str = "zh-hans"
    theme: str = "light"
    first_of: str = ""


SHOTS = (
    Shot("home-zh", "head", "/", WIDE),
    Shot("home-en-dark", "head", "/", WIDE, "en", "dark"),
    Shot("customer-zh", "head", "/plan/", WIDE, first_of="/customers/"),
    Shot("plan-zh", "head", "/plan/", WIDE),
    Shot("mobile-home-zh", "customer", "/m/", NARROW),
    Shot("mobile-buy-zh", "customer", "/m/wealth/buy/", NARROW),
)


def main() -> int:
    """Take the pictures named on the command line, or all."""
    options = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    options.add_argument("names", nargs="*", help="only these, such as home-zh")
    options.add_argument("--base", default="http://127.0.0.1:8000", help="where the demo serves")
    given = options.parse_args()
    chromium = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if chromium is None:
        print("No chromium found; CONTRIBUTING.md says how to install it.", file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = [s for s in SHOTS if not given.names or s.file in given.names]
    with sync_playwright() as playwright:
        for login in sorted({s.login for s in wanted}):
            with tempfile.TemporaryDirectory() as profile:
                browser = playwright.chromium.launch_persistent_context(
                    profile, executable_path=chromium, args=FLAGS, reduced_motion="reduce"
                )
                browser.set_default_timeout(WAIT_MS_MAX)
                _sign_in(browser, given.base, login)
                for shot in (s for s in wanted if s.login == login):
                    _take(browser, given.base, shot)
                browser.close()
    return 0


def _sign_in(browser: BrowserContext, base: str, login: str) -> None:
    page = browser.new_page()
    page.goto(f"{base}/auth/login/")
    page.fill("#id_login", login)
    page.fill("#id_password", PASSWORD)
    page.click("#sign-in-button")
    page.wait_for_url(lambda url: "/auth/login" not in url)
    page.close()


def _take(browser: BrowserContext, base: str, shot: Shot) -> None:
    browser.add_cookies(
        [
            {"name": "django_language", "value": shot.language, "url": base},
            {"name": "liti_theme", "value": shot.theme, "url": base},
        ]
    )
    page = browser.new_page()
    page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
    _open(page, base + shot.path)
    if shot.first_of:
        link = page.locator(f"a[href^='{shot.first_of}']").first
        _open(page, base + str(link.get_attribute("href")))
    file = OUT / f"{shot.file}.png"
    page.screenshot(path=file)
    print(f"{file.name}: {file.stat().st_size // 1024} KB")
    page.close()


def _open(page: Page, address: str) -> None:
    answer = page.goto(address, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise SystemExit(f"{address} answered {answer.status if answer else 'nothing'}")


if __name__ == "__main__":
    sys.exit(main())
