"""The catalogues against what code and templates say: with their contexts, both ways."""

from __future__ import annotations

import pytest

from liti.site import messages

CATALOGUE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""


COUNTED = (
    '{% load i18n %}{% blocktranslate count n=1 context "table" %}Loans{% plural %}All'
    "{% endblocktranslate %}"
)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of one or more rooms with catalogues, in a folder of its own."""
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)

    def room(name: str, code: str = "", template: str = "", entries: str = "") -> None:
        (tmp_path / name).mkdir()
        (tmp_path / name / "pages.py").write_text(code, "utf-8")
        (tmp_path / name / "templates").mkdir()
        (tmp_path / name / "templates" / "page.html").write_text(template, "utf-8")
        catalogue = tmp_path / name / "locale/zh_Hans/LC_MESSAGES/django.po"
        catalogue.parent.mkdir(parents=True)
        catalogue.write_text(f"{CATALOGUE}\n{entries}", "utf-8")

    return room


def test_the_house_has_its_chinese_says_all_of_it_and_says_it_once():
    assert messages.complaints() == []


@pytest.mark.parametrize(
    ("code", "template"),
    [
        ('_("Loans")', ""),
        ('gettext_lazy("Loans")', ""),
        ('ngettext("Loans", "Many loans", n)', ""),
        ("", '{% load i18n %}{% translate "Loans" %}'),
        ("", "{% load i18n %}{% blocktranslate %}Loans{% endblocktranslate %}"),
    ],
)
def test_the_entry_of_a_context_is_not_that_of_the_bare_message(package, code, template):
    package("books", code, template, 'msgctxt "table"\nmsgid "Loans"\nmsgstr "贷款合同"\n')
    assert [message for _file, message in messages.missing()] == [("", "Loans")]
    assert messages.idle() == [("books", ("table", "Loans"))]


@pytest.mark.parametrize(
    ("code", "template"),
    [
        ('pgettext("table", "Loans")', ""),
        ('pgettext_lazy("table", "Loans")', ""),
        ('npgettext("table", "Loans", "Many loans", n)', ""),
        ("", '{% load i18n %}{% translate "Loans" context "table" %}'),
        ("", '{% load i18n %}{% translate "Loans" context "table" as loans %}'),
        ("", '{% load i18n %}{% blocktranslate context "table" %}Loans{% endblocktranslate %}'),
        ("", COUNTED),
    ],
)
def test_nor_that_of_the_bare_message_a_contexts(package, code, template):
    package("books", code, template, 'msgid "Loans"\nmsgstr "贷款"\n')
    assert [message for _file, message in messages.missing()] == [("table", "Loans")]
    assert messages.idle() == [("books", ("", "Loans"))]


def test_a_percent_sign_of_a_template_is_the_catalogues(package):
    template = "{% load i18n %}{% blocktranslate %}{{ part }} of 100%{% endblocktranslate %}"
    package("books", "", template, 'msgid "%(part)s of 100%"\nmsgstr "100%中的%(part)s"\n')
    assert messages.complaints() == []


def test_what_two_rooms_say_otherwise_is_named(package):
    package("day", '_("Closed")', "", 'msgid "Closed"\nmsgstr "已日终"\n')
    package("ui", "", "", 'msgid "Closed"\nmsgstr "已关闭"\n')
    assert messages.complaints() == ["'Closed' differs: {'day': '已日终', 'ui': '已关闭'}"]


def test_an_entry_without_chinese_counts_as_missing(package):
    package("books", '_("Loans")', "", 'msgid "Loans"\nmsgstr ""\n')
    assert messages.complaints() == ["books/pages.py: no Chinese for 'Loans'"]
