"""Translations without GNU gettext: compile the catalogues, and name what lacks Chinese.

`python -m liti.site.messages compile|check|missing`. Sources are English; each app keeps
its Chinese in locale/zh_Hans/LC_MESSAGES/django.po. `missing` prints ready .po entries.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
CATALOGUES = "*/locale/zh_Hans/LC_MESSAGES/django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_LITERAL = r"""(u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))"""
_TEMPLATE_CALL = re.compile(rf"\b(?:gettext|_)\(\s*{_LITERAL}\s*\)", re.DOTALL)
_TEMPLATE_PLURAL = re.compile(rf"\bngettext\(\s*{_LITERAL}\s*,", re.DOTALL)


def compile_catalogues() -> int:
    """Write a .mo beside each .po that is newer; returns how many were written."""
    written = 0
    for source in sorted(PACKAGE.glob(CATALOGUES)):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = read_po(BytesIO(source.read_bytes()), locale="zh_Hans", abort_invalid=True)
        buffer = BytesIO()
        write_mo(buffer, catalogue)
        target.write_bytes(buffer.getvalue())
        target.chmod(0o644)  # part of the program, not of its data
        written += 1
    return written


def used() -> Iterator[tuple[str, str]]:
    """Each message in code and templates, with the file that uses it."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in file.parts:
            continue
        for _line, message, _comments, _context in extract(
            "python", BytesIO(file.read_bytes()), keywords=KEYWORDS
        ):
            text = message[0] if isinstance(message, tuple) else message
            if text:
                yield str(file.relative_to(PACKAGE)), text
    for file in sorted(
        [*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]
    ):
        source = templatize(file.read_text("utf-8"))
        for pattern in (_TEMPLATE_CALL, _TEMPLATE_PLURAL):
            for found in pattern.finditer(source):
                text = ast.literal_eval(found.group(1).lstrip("u"))
                yield str(file.relative_to(PACKAGE)), text


def translated() -> set[str]:
    """Messages that have a Chinese text in one of our catalogues."""
    known: set[str] = set()
    for source in PACKAGE.glob(CATALOGUES):
        for message in read_po(BytesIO(source.read_bytes()), locale="zh_Hans"):
            if _first(message.id) and _first(message.string):
                known.add(_first(message.id))
    return known


def _first(text: str | Sequence[str] | None) -> str:
    """The text itself, or the singular of a plural pair."""
    if text is None or isinstance(text, str):
        return text or ""
    return text[0] if text else ""


def missing() -> list[tuple[str, str]]:
    """Messages without Chinese."""
    known = translated()
    seen: set[str] = set()
    lacking = []
    for file, text in used():
        # templates escape % as %% in their messages
        if text not in known and text.replace("%%", "%") not in known and text not in seen:
            seen.add(text)
            lacking.append((file, text))
    return lacking


def main(arguments: list[str]) -> int:
    """Entry point; exit code 1 when something is missing."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    match arguments:
        case ["compile"]:
            compile_catalogues()
            return 0
        case ["check"]:
            lacking = missing()
            for file, text in lacking:
                sys.stderr.write(f"{file}: no Chinese for {text!r}\n")
            return 1 if lacking else 0
        case ["missing"]:
            for file, text in missing():
                sys.stdout.write(f'#: {file}\nmsgid {_quoted(text)}\nmsgstr ""\n\n')
            return 0
    sys.stderr.write("usage: python -m liti.site.messages compile|check|missing\n")
    return 2


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
