"""A source's mapping applied to one row: standardised values, and what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liti.core.authority import open_to_all
from liti.core.errors import InvalidInput
from liti.parties.files import Row
from liti.parties.rules import names, placeholders, standardise
from liti.parties.rules.consents import Flag, contradictory
from liti.parties.rules.standardise import Unfit

CELL_CHARS_MAX = 2_000
LIMITS = {"name": 200, "email": 200, "address": 300, "rm_code": 30, "source_key": 60}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in one cell. `fatal` rejects the row; else only the value is left out.
    `code` is the verdict's stable name; problem and remedy are in the reader's language."""

    column: str
    problem: str
    remedy: str
    fatal: bool
    code: str = ""


@dataclass(slots=True)
class Standardised:
    """A row in standard form."""

    source_key: str
    kind: str = "person"
    values: dict[str, Any] = field(default_factory=dict)
    employer_name: str = ""
    consents: list[dict[str, Any]] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)

    def content_hash(self) -> str:
        """SHA-256 over raw and standardised content: a new rule makes the row new as well."""
        content = [self.kind, self.raw, self.values, self.consents]
        text = json.dumps(content, default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _plain(heading: str) -> str:
    return re.sub(r"[\s_\-]", "", names.tidy(heading)).lower()


class Mapper:
    """Binds a mapping to a file's headings. Raises InvalidInput for a missing column."""

    def __init__(self, mapping: dict[str, Any], columns: tuple[str, ...], file: str, today: date):
        self.today = today
        self.values = mapping.get("values", {})
        self.kind = str(mapping.get("records", "person"))
        self._known = {_plain(c): c for c in columns if c}
        self.key = self._require(mapping["key"], file)
        self.columns: dict[str, str] = {}
        for attribute, rule in mapping["fields"].items():
            if rule.get("required"):
                self.columns[attribute] = self._require(rule["columns"], file)
            elif found := self._find(rule["columns"]):
                self.columns[attribute] = found
        self.consents = [
            (rule, found)
            for rule in mapping.get("consents", [])
            if (found := self._find(rule["columns"]))
        ]
        self.consent_date = self._find(mapping.get("consent_date", []))

    def _find(self, aliases: list[str]) -> str | None:
        return next((self._known[p] for a in aliases if (p := _plain(a)) in self._known), None)

    def _require(self, aliases: list[str], file: str) -> str:
        if found := self._find(aliases):
            return found
        raise InvalidInput(
            "parties.file.missing_column",
            _("%(file)s lacks the column %(column)s; nothing was imported.")
            % {"file": file, "column": aliases[0]},
            remedy=_("Name one column %(aliases)s, or change the source's mapping.")
            % {"aliases": " / ".join(aliases)},
            file=file,
            column=aliases[0],
        )

    def standardise(self, row: Row) -> tuple[Standardised | None, list[Finding]]:
        """One row. None where it is rejected; findings tell of every cell that is wrong."""
        findings = self._shape(row)
        key = "" if findings else names.tidy(row.cells.get(self.key, ""))
        if not findings and placeholders.says_nothing(key):
            findings.append(_finding(self.key, "key_missing", fatal=True))
        if len(key) > LIMITS["source_key"]:
            findings.append(_finding(self.key, "cell_long", fatal=True))
        if findings:
            return None, findings
        raw = {c: names.visible(v) for c, v in row.cells.items() if v}
        done = Standardised(key, self.kind, raw=raw)
        self._fill(done, row, findings)
        if not done.values.get("name"):
            findings.append(_finding(self.columns["name"], "name_missing", fatal=True))
        elif not self._identifies(done.values):
            findings.append(_finding(self.columns["name"], "nothing_identifies", fatal=True))
        if any(f.fatal for f in findings):
            return None, findings
        return done, findings

    def _shape(self, row: Row) -> list[Finding]:
        """What is wrong with the row before its values are looked at."""
        findings: list[Finding] = []
        for column, cell in row.cells.items():
            if column == "":
                findings.append(_finding(_("(beyond)"), "extra_cells", fatal=True))
            elif len(cell) > CELL_CHARS_MAX:
                findings.append(_finding(column, "cell_long", fatal=True))
            elif "\x00" in cell:
                findings.append(_finding(column, "cell_nul", fatal=True))
        if damage := row.damage.get(self.key):
            findings.append(_finding(self.key, damage, fatal=True))
        elif names.has_control(row.cells.get(self.key, "")):
            findings.append(_finding(self.key, "key_control", fatal=True))
        return findings

    def _identifies(self, values: dict[str, Any]) -> bool:
        """A name alone is nobody: something must tell two of the same name apart."""
        names_of = ("id_number", "uscc", "mobile", "email", "birth_date", "address")
        return any(values.get(n) for n in (*names_of, "id_number_claimed"))

    def _fill(self, done: Standardised, row: Row, findings: list[Finding]) -> None:
        values = done.values
        for attribute, column in self.columns.items():
            cell = row.cells.get(column, "").strip()
            if damage := row.damage.get(column):
                findings.append(_finding(column, damage, fatal=False))
                continue
            if placeholders.says_nothing(cell):
                continue
            if len(cell) > LIMITS.get(attribute, CELL_CHARS_MAX):
                findings.append(_finding(column, "cell_long", fatal=False))
                continue
            try:
                values[attribute] = self._value(attribute, cell)
            except Unfit as unfit:
                findings.append(_finding(column, str(unfit), fatal=False))
                squeezed = standardise.squeezed(cell)
                if attribute == "id_number" and _CLAIM.match(squeezed):
                    values["id_number_claimed"] = squeezed
                elif str(unfit) == "uscc_check":
                    values[attribute] = squeezed
            else:
                if _is_placeholder(attribute, values[attribute]):
                    del values[attribute]
                    findings.append(_finding(column, "placeholder", fatal=False))
        done.employer_name = str(values.pop("employer_name", ""))
        if self.kind == "organisation":
            values["name_simplified"] = values.get("name", "")
            values.setdefault("region_code", values.get("uscc", "")[2:8])
        elif name := values.get("name"):
            values["name_simplified"] = names.person_name(name)
            values["name_pinyin"] = names.pinyin(values["name_simplified"])[:400]
        if number := values.get("id_number"):
            born = standardise.id_birth_date(number)
            if values.get("birth_date") not in (None, born):
                findings.append(_finding(self.columns["id_number"], "id_other_birth", fatal=False))
            values["birth_date"], values["sex"] = born, standardise.id_sex(number)
            values.setdefault("region_code", number[:6])
        self._fill_consents(done, row, findings)

    def _value(self, attribute: str, cell: str) -> Any:
        ruled: dict[str, Callable[[str], Any]] = {
            "id_number": lambda c: standardise.id_number(c, today=self.today),
            "legal_representative_id": lambda c: standardise.id_number(c, today=self.today),
            "uscc": standardise.uscc,
            "employer_uscc": standardise.uscc,
            "mobile": standardise.mobile,
            "email": standardise.email,
            "birth_date": lambda c: standardise.day(c, today=self.today),
            "rm_since": lambda c: standardise.day(c, today=self.today),
            "address": lambda c: standardise.address(c)[:300],
            "sex": lambda c: self.values["sex"].get(names.tidy(c), ""),
            "region_code": lambda c: standardise.squeezed(c)[:6],
        }
        return ruled.get(attribute, names.tidy)(cell)

    def _fill_consents(self, done: Standardised, row: Row, findings: list[Finding]) -> None:
        flags = {str(k).lower(): v for k, v in self.values.get("flag", {}).items()}
        on = None
        if self.consent_date and (cell := row.cells.get(self.consent_date, "")):
            try:
                on = standardise.day(cell, today=self.today).isoformat()
            except Unfit as unfit:
                findings.append(_finding(self.consent_date, str(unfit), fatal=False))
        for rule, column in self.consents:
            if damage := row.damage.get(column):
                findings.append(_finding(column, damage, fatal=False))
                continue
            cell = names.tidy(row.cells.get(column, "")).lower()
            granted = flags.get(cell)
            if granted is None and not placeholders.says_nothing(cell):
                findings.append(_finding(column, "consent_unread", fatal=False))
            if granted is not None:
                done.consents.append(
                    {
                        "purpose": rule["purpose"],
                        "channel": rule["channel"],
                        "recipient": rule["recipient"],
                        "granted": bool(granted),
                        "on": on,
                    }
                )


# A number that was copied wrongly by a digit is a hint; one of another shape is none.
_CLAIM = re.compile(r"^(?:\d{15}|\d{17}.)$")
_NOBODYS: dict[str, Callable[[Any], bool]] = {
    "name": placeholders.is_no_name,
    "mobile": placeholders.is_no_mobile,
    "email": placeholders.is_no_email,
    "birth_date": placeholders.is_no_birth,
    "id_number": placeholders.is_no_id_number,
    "employer_name": placeholders.is_no_name,
}


def _is_placeholder(attribute: str, value: Any) -> bool:
    return attribute in _NOBODYS and _NOBODYS[attribute](value)


def _finding(column: str, problem: str, *, fatal: bool) -> Finding:
    text, remedy = _texts(get_language() or "")[problem]
    return Finding(column, text, remedy, fatal, problem)


@lru_cache(maxsize=4)
def _texts(_language: str) -> dict[str, tuple[str, str]]:
    """Problem and remedy of each verdict, in the reader's language."""
    copy_again = _("Compare it with the document and correct it.")
    return {
        "extra_cells": (
            _("more cells than headings"),
            _("Put text that holds separators in quotes."),
        ),
        "cell_long": (_("the text is too long"), _("Shorten it; the row may be broken.")),
        "cell_characters": (
            _("holds characters that no program can have meant; the value was left out"),
            _("Export the file anew, as UTF-8."),
        ),
        "cell_error": (
            _("holds a spreadsheet's error instead of a value; it was left out"),
            _("Mend the formula or write the value."),
        ),
        "cell_merged": (
            _("is merged with another cell, which alone has the value; it was left out"),
            _("Undo the merging and write the value into every row."),
        ),
        "cell_type": (
            _("holds what is no single value of ours; it was left out"),
            _("Deliver it as text, number or date."),
        ),
        "formula_unread": (
            _("holds a formula without its value; it was left out"),
            _("Save the file with values instead of formulas."),
        ),
        "key_control": (
            _("the key holds control characters"),
            _("Export the file anew; the key must be the same every time."),
        ),
        "number_shortened": (
            _("a spreadsheet shortened the number, its end is lost; it was left out"),
            _("Make the column text before the numbers are filled in, and export anew."),
        ),
        "placeholder": (
            _("the value is a placeholder that stands for nobody; it was left out"),
            _("Fill in the true value, or leave the cell empty."),
        ),
        "cell_nul": (_("holds a NUL character"), _("Export the file anew.")),
        "key_missing": (_("the record has no key"), _("Give every record its own number.")),
        "consent_unread": (
            _("neither a yes nor a no to us; no consent was taken from it"),
            _("Write Y or N, or add the word to the source's mapping."),
        ),
        "consent_conflict": (
            _("a yes and a no of the same day, or without a day; taken as a no"),
            _("Ask the customer, and deliver his word with its day."),
        ),
        "key_twice": (_("the key came before in this file"), _("Give every record its own key.")),
        "name_missing": (_("the name is missing"), _("Fill in the name.")),
        "nothing_identifies": (
            _("nothing but a name tells who it is"),
            _("Add an ID number, mobile, e-mail, date of birth or address."),
        ),
        "id_shape": (_("no resident ID number"), copy_again),
        "id_region": (_("the ID number names no province"), copy_again),
        "id_birth": (_("the ID number holds no possible date of birth"), copy_again),
        "id_check": (_("the check digit of the ID number is wrong"), copy_again),
        "id_other_birth": (
            _("the ID number says another date of birth; the ID number's was taken"),
            copy_again,
        ),
        "uscc_shape": (_("no unified social credit code"), copy_again),
        "uscc_check": (
            _("the check digit of the credit code is wrong; kept as it is"),
            _("Look the code up in the public register."),
        ),
        "mobile_shape": (_("no mainland mobile number"), _("Eleven digits, beginning with 1.")),
        "email_shape": (_("no e-mail address"), _("It needs a name, @ and a domain.")),
        "date_shape": (_("no date"), _("Write it as 2001-12-31.")),
        "date_range": (_("the date lies before 1900 or in the future"), copy_again),
    }


@open_to_all("words for a code")
def problem_text(code: str) -> str:
    """What a verdict's code says, in the reader's language."""
    return _texts(get_language() or "")[code][0]


def joined(first: Standardised, again: Standardised, column: str) -> list[Finding]:
    """A row whose key came before in the file: it is rejected, but not what it says of consent.

    Words of the same person are added to those of the first row, with their days; under another
    name only what is refused. Returns the findings.
    """
    same = first.values.get("name_simplified") == again.values.get("name_simplified")
    first.consents += [
        word
        for word in again.consents
        if word not in first.consents and (same or not word["granted"])
    ]
    flags: dict[tuple[str, str, str], set[Flag]] = defaultdict(set)
    for word in first.consents:
        scope = (word["purpose"], word["channel"], word["recipient"])
        on = date.fromisoformat(word["on"]) if word["on"] else None
        flags[scope].add(Flag(word["granted"], on))
    findings = [duplicate_key(column)]
    if any(contradictory(said) for said in flags.values()):
        findings.append(_finding(column, "consent_conflict", fatal=False))
    return findings


def duplicate_key(column: str) -> Finding:
    """The finding for a key that came before in the same file."""
    return _finding(column, "key_twice", fatal=True)
