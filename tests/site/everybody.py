"""Thirteen logins and five callers, every address and every call: made from what is declared."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
from tests.console.test_console_pages import staff
from tests.market.builders import DAY, buyer
from tests.partners.builders import live_partner, row

from liti.api.urls import api
from liti.console.commands import declared as commands
from liti.console.resources import declared as resources
from liti.core.clock import set_business_date
from liti.core.ids import uuid7
from liti.core.models import User
from liti.core.roles import STAFF_ROLES
from liti.partners import services
from liti.partners.models import ApiClient

BACKEND = "django.contrib.auth.backends.ModelBackend"
# What a refusal may write: the trail, the session, what counts wrong attempts.
TRACES = {"core_accesslog", "django_session", "core_cache", "core_pace", "console_act"}
LOGINS = (*STAFF_ROLES, "customer", "partner_developer", "nobody")
CALLERS = ("bank", "partner", "other_partner", "without_scopes", "anonymous")


@dataclass
class House:
    """The bank of a test with everybody in it. `own` are the parts of addresses that exist."""

    party_id: UUID
    account_id: UUID
    partner_id: UUID
    other_id: UUID
    logins: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)


# Thirteen people and four programs: their passwords are nobody's concern here.
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@override_settings(PASSWORD_HASHERS=QUICK)
def house() -> House:
    set_business_date(DAY)
    party_id, account_id = buyer()
    found = House(party_id, account_id, live_partner(), live_partner("other"))
    services.onboard_members(found.other_id, [row(900)], key="batch-900")
    for role in STAFF_ROLES:
        found.logins[role] = _signed_in(staff(role))
    customer = User.objects.create(username="c", kind="customer", party_id=party_id)
    developer = User.objects.create(username="p", kind="partner", partner_id=found.partner_id)
    found.logins |= {"customer": _signed_in(customer), "partner_developer": _signed_in(developer)}
    found.logins["nobody"] = Client(raise_request_exception=False)
    owners = {"bank": None, "partner": found.partner_id, "other_partner": found.other_id}
    for name, owner in owners.items():
        found.tokens[name] = _token(name, owner)
    found.tokens["without_scopes"] = _token("without", found.partner_id)
    ApiClient.objects.filter(client_id="without").update(scopes=[])
    found.tokens["anonymous"] = {}
    return found


def _signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    client.force_login(user, backend=BACKEND)
    return client


def _token(client_id: str, partner_id: UUID | None) -> dict[str, str]:
    made = services.create_client(partner_id, client_id=client_id, client_secret="s" * 20)
    AccessToken.objects.create(
        application=Application.objects.get(client_id=client_id),
        token=(token := f"token-of-{client_id}"),
        expires=timezone.now() + timedelta(hours=1),
        scope=" ".join(made.scopes),
    )
    return {"Authorization": f"Bearer {token}"}


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every address that the site answers, with the names of its parts."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield before + str(entry.pattern)


def paths(found: House) -> list[str]:
    """Addresses filled in, one for each command, list and row of the declared ones."""
    own = {"party_id": str(found.party_id), "account_id": str(found.account_id)}
    made: set[str] = set()
    for address in addresses():
        if "(?P" in address or address.startswith(("static/", "admin/")):
            continue
        clean = address.replace("^", "").replace("$", "").replace("\\Z", "")
        made |= {"/" + p for p in _filled(clean, own)}
    return sorted(made)


def _filled(address: str, own: dict[str, str]) -> Iterator[str]:
    if "<" not in address:
        yield address
        return
    start, end = address.index("<"), address.index(">")
    kind, _colon, name = address[start + 1 : end].rpartition(":")
    values = [own.get(name) or {"int": "1", "uuid": str(uuid7())}.get(kind, "key")]
    if kind == "slug" and name == "name":
        values = [r.name for r in resources()]
        if address.startswith("do/"):
            values = [c.name for c in commands() if (c.level == "list") != ("/on/" in address)]
    elif kind == "slug":
        values = ["source"]
    for value in values:
        yield from _filled(address[:start] + value + address[end + 1 :], own)


@dataclass(frozen=True)
class Operation:
    """A call of the description."""

    method: str
    path: str
    body: dict[str, Any] | None
    parameters: tuple[dict[str, Any], ...]


def description() -> dict[str, Any]:
    return dict(api.get_openapi_schema())


def operations() -> list[Operation]:
    found = []
    for path, methods in description()["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            parameters = tuple(told.get("parameters", ()))
            found.append(Operation(method.upper(), path, schema, parameters))
    return found


def fitting(schema: dict[str, Any], draw: random.Random) -> Any:
    """A value that fits a schema of the description."""
    while "$ref" in schema or "allOf" in schema or "anyOf" in schema:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = description()["components"]["schemas"][name]
        else:
            schema = (schema.get("allOf") or schema["anyOf"])[0]
    if "enum" in schema:
        return draw.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            return {n: fitting(s, draw) for n, s in schema.get("properties", {}).items()}
        case "array":
            return [fitting(schema["items"], draw)]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return False
        case "string":
            if schema.get("format") == "uuid":
                return str(uuid7())
            if schema.get("format") == "date":
                return DAY.isoformat()
            return ("CNY" if schema.get("maxLength") == 3 else "A-900-text")[
                : schema.get("maxLength", 40)
            ]
    return None


def path_of(operation: Operation, draw: random.Random, value: str = "") -> str:
    path = operation.path
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = path[:start] + (value or str(uuid7())) + path[end + 1 :]
    return path


def written() -> dict[str, tuple[int, int, int]]:
    """Rows that the running transaction has put in, changed and removed, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {r[0]: (r[1], r[2], r[3]) for r in cursor.fetchall() if r[0] not in TRACES}
