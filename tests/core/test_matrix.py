"""Every declared command and reading × every kind of actor: refused or allowed as declared."""

from __future__ import annotations

import importlib
import importlib.util
from contextlib import contextmanager

import pytest
from tools import docs

from liti.core import authority
from liti.core.authority import declaration_of
from liti.core.context import NOBODY, Actor, acting, job
from liti.core.errors import Forbidden
from liti.core.ids import uuid7
from liti.core.roles import STAFF_ROLES
from liti.partners.rules import BANK_SCOPES, SCOPES

SOMEBODY = uuid7()
JOBS = ("check", "database", "day.step", "demo", "parties.x", "payments.resolve", "stranger")


@pytest.fixture(autouse=True)
def _permitted():
    """Here nobody is permitted beforehand."""


class Reached(Exception):
    """The check let the call through."""


def faces():
    for room in (*docs.ROOMS,):
        for face in ("services", "queries"):
            if importlib.util.find_spec(f"liti.{room}") and importlib.util.find_spec(
                f"liti.{room}.{face}"
            ):
                for f in vars(importlib.import_module(f"liti.{room}.{face}")).values():
                    found = declaration_of(f) if callable(f) else None
                    if found and found.name.partition(".")[0] == room:
                        yield f


FACES = list({declaration_of(f).name: f for f in faces()}.values())


def expected(found, actor):
    if actor.kind == "staff":
        return bool(actor.roles & found.staff)
    if actor.kind == "customer":
        return found.customer is not None
    if actor.kind == "client":
        wanted = found.client
        return wanted is not None and (wanted.scope == "" or wanted.scope in actor.scopes)
    return actor.kind == "system" and (
        actor.label in found.system or actor.label.split(".")[0] in found.system
    )


ACTORS = [
    *(Actor("staff", role, uuid7(), roles=frozenset({role})) for role in STAFF_ROLES),
    Actor("customer", "customer", uuid7(), party_id=SOMEBODY),
    *(
        Actor("client", scope, partner_id=SOMEBODY, scopes=frozenset({scope}))
        for scope in (*SCOPES, *BANK_SCOPES)
    ),
    *(job(name) for name in JOBS),
    job("system"),
    NOBODY,
]


@pytest.mark.parametrize("actor", ACTORS, ids=lambda a: f"{a.kind}-{a.label}")
def test_each_face_answers_each_actor_as_it_declares(actor, monkeypatch):
    @contextmanager
    def inside():
        raise Reached
        yield

    monkeypatch.setattr(authority, "inside", inside)
    assert len(FACES) > 120
    for face in FACES:
        found = declaration_of(face)
        with acting(actor):
            try:
                face()
            except (Reached, TypeError):  # TypeError: a customer's or client's arguments
                allowed = True
            except Forbidden:
                allowed = False
        assert allowed == expected(found, actor), (found.name, actor)


def test_who_steers_does_not_do_and_who_controls_only_reads():
    commands = [d for d in map(declaration_of, FACES) if not d.reads]
    of = {role: {d.name for d in commands if role in d.staff} for role in STAFF_ROLES}
    assert of["auditor"] == set(), "an auditor only reads"
    money = {n for n in of["engineer"] if n.split(".")[0] in {"ledger", "payments", "wealth"}}
    assert money == set(), "the engineer posts no money"
    assert not {n for n in of["data_steward"] if n.startswith("outreach.")}
    assert not [d.name for d in commands if d.name == "ledger.post" and d.staff]
    assert all("stranger" not in d.system for d in commands)
