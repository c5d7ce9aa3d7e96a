"""What words of consent say together: how wide each is, and which one takes which back.

A word speaks of a purpose, a channel and a product, each of them one or `any`; the recipient is
always one. A no stands until a later yes that is at least as specific in every respect takes it
back: "no text messages" outlives a later "yes to everything", and a later "yes, text messages"
lifts an earlier "no to everything" for text messages. Of one moment the no wins (PIPL Art. 13–16).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from liti.core.clock import BANK_ZONE

ANY = "any"
# A yes without a date may be older than any no: it stands behind every other word.
UNDATED = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a word, or a question, is about."""

    purpose: str
    channel: str
    recipient: str = "bank"
    product: str = ANY

    def covers(self, asked: Scope) -> bool:
        """Whether what is said of this holds for all that is asked."""
        return (
            self.recipient == asked.recipient
            and self.purpose in (asked.purpose, ANY)
            and self.channel in (asked.channel, ANY)
            and self.product in (asked.product, ANY)
        )


@dataclass(frozen=True, slots=True)
class Word:
    """A yes or no. `id` orders words of one moment and kind."""

    scope: Scope
    granted: bool
    at: datetime
    evidence: str = ""
    text_version: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something is allowed, and the word that decides; None: nobody said anything."""

    granted: bool
    word: Word | None


def answer(words: Iterable[Word], asked: Scope) -> Answer:
    """What a person's words say of one question."""
    heard = sorted((w for w in words if w.scope.covers(asked)), key=lambda w: (w.at, not w.granted))
    allowed = [w for w in heard if w.granted]
    standing = [
        no
        for no in heard
        if not no.granted
        and not any(yes.at > no.at and no.scope.covers(yes.scope) for yes in allowed)
    ]
    if standing:
        return Answer(False, standing[-1])
    return Answer(bool(allowed), allowed[-1] if allowed else None)


@dataclass(frozen=True, slots=True)
class Flag:
    """A department's yes or no about one scope, with the day that it is known for, or None."""

    granted: bool
    on: date | None


def settled(flags: Collection[Flag]) -> list[Flag]:
    """The flags of one record about one scope: of two of a day, or two undated, the no."""
    days = {flag.on for flag in flags}
    return [
        Flag(all(f.granted for f in flags if f.on == day), day)
        for day in sorted(days, key=lambda d: d or date.min)
    ]


def contradictory(flags: Collection[Flag]) -> bool:
    """Whether a day, or no day, has both a yes and a no."""
    return len({(f.on, f.granted) for f in flags}) > len({f.on for f in flags})


def moment_of(flag: Flag, learnt: datetime, before: datetime | None) -> datetime:
    """When a flag counts from: a yes at the earliest moment that it can have been said, a no at
    the latest, so that of two words whose order nobody knows the no wins.

    `learnt`: when the record was read. `before`: the moment of the record's own word that an
    undated one follows.
    """
    if flag.granted:
        if flag.on:
            return datetime.combine(flag.on, time(), BANK_ZONE)
        return before + timedelta(microseconds=1) if before else UNDATED
    if flag.on is None:
        return learnt
    end = datetime.combine(flag.on + timedelta(days=1), time(), BANK_ZONE)
    return min(end - timedelta(microseconds=1), learnt)
