"""Which encoding a text is in: told by a mark or by what it says, and refused where it isn't told.

GB18030 gives a character for nearly every pair of bytes, so that it "reads" Big5, Korean and
Western files as well. It is believed only where what comes out is Chinese as people write it:
characters of GB 2312 (with a tenth left for rarer ones, as in names), from its whole range.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from liti.parties.files.tables import unreadable

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
_SAMPLE_CHARS = 200_000
_USUAL_SHARE = 0.9
_LEVEL_1_SHARE = 0.6
# Korean in EUC-KR stays below this lead byte; of Chinese text about every third character
# lies above (是 市 王 小 中 …).
_LATE_LEAD, _LATE_FROM = 0xC9, 20


def decode(path: Path, data: bytes) -> str:
    """The text of a file. Raises InvalidInput where its encoding can't be told for sure."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(path, _decoded(path, data, encoding))
    if b"\x00" in data[:1000]:
        wide = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
        return _checked(path, _decoded(path, data, wide))
    try:
        return _checked(path, data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise _untold(path) from None
    if not is_chinese(text):
        raise _untold(path)
    return _checked(path, text)


def is_chinese(text: str) -> bool:
    """Whether what GB18030 made of the bytes is Chinese as people write it."""
    usual = level_1 = han = late = all_wide = 0
    for char in text[:_SAMPLE_CHARS]:
        if char < "\x80":
            continue
        all_wide += 1
        try:
            lead, trail = char.encode("gb2312")
        except (UnicodeEncodeError, ValueError):
            continue
        if lead in (0xA1, 0xA3):  # punctuation, full width
            usual += 1
        elif 0xB0 <= lead <= 0xF7 and trail:
            usual += 1
            han += 1
            level_1 += lead <= 0xD7
            late += lead >= _LATE_LEAD
    if usual < _USUAL_SHARE * all_wide or level_1 < _LEVEL_1_SHARE * han:
        return False
    return late > 0 or han < _LATE_FROM


def _decoded(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise _untold(path) from None


def _checked(path: Path, text: str) -> str:
    if "\x00" in text:
        raise unreadable(path, _("it holds NUL characters, or it is no text"))
    return text


def _untold(path: Path) -> Exception:
    return unreadable(path, _("its text is in no encoding that we know, or it is no text"))
