"""Translations without GNU gettext: compile the catalogues, and hold them to what is said.

`python -m liti.site.messages compile|check|missing`. Sources are English; each app keeps
its Chinese in locale/zh_Hans/LC_MESSAGES/django.po. `check` names what has no Chinese, what no
code says any more, and what two rooms say otherwise: Django lays all catalogues over each other,
and the word of one would stand on the pages of the other. `missing` prints ready .po entries.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Message as Entry
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
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_LITERAL = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_PLAIN_CALL = re.compile(rf"(?<![a-z])(?:n?gettext|_)\(\s*{_LITERAL}", re.DOTALL)
_CONTEXT_CALL = re.compile(rf"(?<![a-z])n?pgettext\(\s*{_LITERAL}\s*,\s*{_LITERAL}", re.DOTALL)
# A message: its context ("" for none) and its English, a plural's singular.
Message = tuple[str, str]


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


def in_code(source: bytes) -> Iterator[Message]:
    """The messages of a module."""
    for _line, found, _comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
        text = found[0] if isinstance(found, tuple) else found
        if text:
            yield context or "", text


def in_template(source: str) -> Iterator[Message]:
    """The messages of a template, whose % is written %% between the tags."""
    drawn = templatize(source)
    for found in _PLAIN_CALL.finditer(drawn):
        yield "", _literal(found[1])
    for found in _CONTEXT_CALL.finditer(drawn):
        yield _literal(found[1]), _literal(found[2])


def _literal(source: str) -> str:
    return str(ast.literal_eval(source)).replace("%%", "%")


def used() -> dict[Message, str]:
    """Each message in code and templates, with the first file that says it."""
    found: dict[Message, str] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in file.parts:
            for message in in_code(file.read_bytes()):
                found.setdefault(message, str(file.relative_to(PACKAGE)))
    for kind in ("html", "txt"):
        for file in sorted(PACKAGE.rglob(f"templates/**/*.{kind}")):
            for message in in_template(file.read_text("utf-8")):
                found.setdefault(message, str(file.relative_to(PACKAGE)))
    return found


def entries() -> Iterator[tuple[str, Entry]]:
    """Every entry of our catalogues, with its room."""
    for source in sorted(PACKAGE.glob(CATALOGUES)):
        for entry in read_po(BytesIO(source.read_bytes()), locale="zh_Hans"):
            if _first(entry.id):
                yield source.parts[-5], entry


def translated() -> dict[Message, dict[str, str]]:
    """The Chinese of each message, by room; without what has none."""
    known: dict[Message, dict[str, str]] = defaultdict(dict)
    for room, entry in entries():
        if chinese := _first(entry.string):
            known[entry.context or "", _first(entry.id)][room] = chinese
    return dict(known)


def _first(text: str | Sequence[str] | None) -> str:
    """The text itself, or the singular of a plural pair."""
    if text is None or isinstance(text, str):
        return text or ""
    return text[0] if text else ""


def missing() -> list[tuple[str, Message]]:
    """Messages without Chinese, with a file that says them. A library's Chinese doesn't count:
    its word may be another, and a context's entry is not that of the bare message."""
    known = translated()
    return [(file, message) for message, file in used().items() if message not in known]


def idle() -> list[tuple[str, Message]]:
    """Entries that nothing says any more, with their room."""
    said = used()
    return [
        (room, message)
        for message, rooms in translated().items()
        if message not in said
        for room in rooms
    ]


def differing() -> list[tuple[Message, dict[str, str]]]:
    """Messages to which two rooms give different Chinese."""
    return [
        (message, rooms) for message, rooms in translated().items() if len(set(rooms.values())) > 1
    ]


def complaints() -> list[str]:
    """What is wrong with the catalogues, a line each."""
    return [
        *(f"{file}: no Chinese for {_named(message)}" for file, message in missing()),
        *(f"{room}: nothing says {_named(message)}" for room, message in idle()),
        *(f"{_named(message)} differs: {rooms}" for message, rooms in differing()),
    ]


def _named(message: Message) -> str:
    context, text = message
    return f"{text!r} (context {context!r})" if context else repr(text)


def main(arguments: list[str]) -> int:
    """Entry point; exit code 1 when something is wrong."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    match arguments:
        case ["compile"]:
            compile_catalogues()
            return 0
        case ["check"]:
            found = complaints()
            sys.stderr.writelines(f"{line}\n" for line in found)
            return 1 if found else 0
        case ["missing"]:
            for file, (context, text) in missing():
                head = f"msgctxt {_quoted(context)}\n" if context else ""
                sys.stdout.write(f'#: {file}\n{head}msgid {_quoted(text)}\nmsgstr ""\n\n')
            return 0
    sys.stderr.write("usage: python -m liti.site.messages compile|check|missing\n")
    return 2


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
