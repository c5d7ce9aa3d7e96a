"""Identifiers and contacts in their one standard form; a refusal says why and what helps."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from stdnum.cn import ric
from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import ValidationError

from liti.core.clock import BANK_ZONE
from liti.parties.rules.names import simplified, tidy

_ID_PROVINCES = frozenset(
    f"{n}"
    for span in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for n in range(span[0], span[1] + 1)
)
_ID_SHAPE = re.compile(r"^\d{17}[\dX]$")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[a-z0-9-]{2,}$")
_EXCEL_EPOCH = date(1899, 12, 30)
_DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日", "%d.%m.%Y")
_ZONED = re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$")
_EARLIEST_BIRTH = date(1900, 1, 1)


class Unfit(Exception):
    """The value breaks a rule. The text is an English key that the caller translates."""


def squeezed(text: str) -> str:
    """Without spaces and separators, capitals, half width."""
    return re.sub(r"[\s\-_'’]", "", tidy(text)).upper()


def id_check_character(first17: str) -> str:
    """ISO 7064 MOD 11-2 (GB 11643-1999)."""
    return ric.calc_check_digit(first17 + "0")


def id_number(text: str, *, today: date) -> str:
    """A resident ID number of 18 characters; the old 15 digits are lengthened.

    Raises Unfit. Abolished region codes stay valid: only the province is checked.
    """
    number = squeezed(text)
    if re.fullmatch(r"\d{15}", number):
        first17 = number[:6] + "19" + number[6:]
        number = first17 + id_check_character(first17)
    if not _ID_SHAPE.match(number):
        raise Unfit("id_shape")
    if number[0] != "9" and number[:2] not in _ID_PROVINCES:
        raise Unfit("id_region")
    born = id_birth_date(number)
    if born is None or not _EARLIEST_BIRTH <= born <= today:
        raise Unfit("id_birth")
    if id_check_character(number[:17]) != number[17]:
        raise Unfit("id_check")
    return number


def id_birth_date(number: str) -> date | None:
    """The date of birth inside an ID number of 18."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def id_sex(number: str) -> str:
    """M or F from the 17th digit."""
    return "M" if int(number[16]) % 2 else "F"


def uscc(text: str) -> str:
    """A unified social credit code (GB 32100-2015). Raises Unfit.

    A few real codes fail the check digit (DOMAIN 3.2): the caller warns, it does not reject.
    """
    code = squeezed(text)
    try:
        return str(uscc_number.validate(code))
    except ValidationError as error:
        raise Unfit("uscc_check" if len(code) == 18 else "uscc_shape") from error


def mobile(text: str) -> str:
    """Eleven digits of a mainland mobile; country code and separators fall. Raises Unfit."""
    digits = re.sub(r"[^\d+]", "", tidy(text).removesuffix(".0"))
    digits = re.sub(r"^(\+?86|0086)(?=1\d{10}$)", "", digits).lstrip("+")
    if not _MOBILE.match(digits):
        raise Unfit("mobile_shape")
    return digits


def email(text: str) -> str:
    """Lower case. Raises Unfit."""
    value = tidy(text).replace(" ", "").lower()
    if not _EMAIL.match(value):
        raise Unfit("email_shape")
    return value


def day(text: str, *, today: date, earliest: date = _EARLIEST_BIRTH) -> date:
    """A calendar day in any usual notation, Excel's serial number too. Raises Unfit.

    A moment with its zone is the day that it was in the bank's zone.
    """
    value = tidy(text)
    if _ZONED.match(value):
        value = _local(value)
    value = value.split("T")[0].split(" ")[0]
    if re.fullmatch(r"\d{5}", value):
        found = _EXCEL_EPOCH + timedelta(days=int(value))
        if earliest <= found <= today:
            return found
    for form in _DATE_FORMS:
        try:
            found = datetime.strptime(value, form).date()  # noqa: DTZ007 – a day has no zone
        except ValueError:
            continue
        if not earliest <= found <= today:
            raise Unfit("date_range")
        return found
    raise Unfit("date_shape")


def _local(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text.replace(" +", "+").replace(" Z", "Z"))
    except ValueError:
        raise Unfit("date_shape") from None
    return moment.astimezone(BANK_ZONE).date().isoformat()


def address(text: str) -> str:
    """Simplified, without spaces and punctuation between parts."""
    return re.sub(r"[\s,，。;；]", "", simplified(tidy(text)))
