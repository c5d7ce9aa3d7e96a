"""What every form and every sentence of every room keeps, read from the source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import liti

PACKAGE = Path(liti.__file__).resolve().parent
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
POSTS = re.compile(r"<form[^>]*method=\"post\"(?:[^>{]|{{[^}]*}}|{%[^%]*%})*>", re.S)
# Doing these twice is doing them once: signing in and out, the language, the theme, a switch.
TWICE_IS_ONCE = ("account_log", "set_language", "data-theme-switch", "mobile:consent")
# Where an amount stands without its unit: in a field to be filled in, in a file, in a command
# line's column, in the words of the console's checks, beside a sign that stands in the text.
BARE = {
    "core/money.py", "core/texts.py", "core/params/declared.py", "ui/figures.py",
    "console/cells.py", "console/fields.py", "console/rules_form.py", "payments/clearing.py",
    "market/ports.py",
    "groups/words.py", "market/proposals.py", "outreach/proposals.py", "outreach/rules.py",
}  # fmt: skip


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_form_that_changes_something_is_sent_once(path):
    if "account" in path.parts or "allauth" in path.parts:
        return  # signing in
    forms = POSTS.findall(path.read_text("utf-8"))
    for form in forms:
        if not any(word in form for word in TWICE_IS_ONCE):
            assert "data-once" in form, f"a double click sends it twice: {form}"


def test_forms_are_found():
    found = [form for path in TEMPLATES for form in POSTS.findall(path.read_text("utf-8"))]
    assert len(found) > 20


def test_a_sentence_names_an_amount_with_its_unit():
    bare = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "cli" not in path.parts and "format_minor(" in path.read_text("utf-8")
    }
    assert bare == BARE, "write amounts by core.texts.money_text, or say here why not"
