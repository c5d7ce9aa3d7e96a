"""The page that describes the API: drawn from its own description, by the house alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter, a field, or an answer: its name, what it is, and whether it must be there."""

    name: str
    type: str
    required: bool = False
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API."""

    id: str
    method: str
    path: str
    about: str
    group: str
    parameters: tuple[Part, ...]
    body: Part | None
    answers: tuple[Part, ...]


class Described(DocsBase):
    """Ninja's place for a page of documentation, without scripts of others."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page. Its texts are those of the description, which is written in English."""
        told: Mapping[str, Any] = api.get_openapi_schema()
        context = {
            "info": told["info"],
            "address": self.get_openapi_url(api, kwargs),
            "calls": list(calls(told)),
            "shapes": [
                (name, fields(shape), shape.get("description", ""), shape.get("enum"))
                for name, shape in sorted(told["components"]["schemas"].items())
            ],
        }
        return render(request, "api/docs.html", context)


def calls(told: Mapping[str, Any]) -> Iterator[Call]:
    """Every call of a description, in its order."""
    for path, methods in told["paths"].items():
        for method in METHODS:
            if method in methods:
                yield _call(method, path, methods[method])


def _call(method: str, path: str, told: Mapping[str, Any]) -> Call:
    body = _schema(told.get("requestBody", {}))
    return Call(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        about=told.get("description") or told.get("summary", ""),
        group=", ".join(told.get("tags", ())),
        parameters=tuple(
            Part(
                p["name"],
                type_of(p["schema"]),
                p.get("required", False),
                f"{p['in']}{_limits(p['schema'])}",
            )
            for p in told.get("parameters", ())
        ),
        body=Part("body", type_of(body), True, href=_reference(body)) if body else None,
        answers=tuple(
            Part(
                str(status),
                type_of(_schema(answer)),
                note=answer.get("description", ""),
                href=_reference(_schema(answer)),
            )
            for status, answer in told.get("responses", {}).items()
        ),
    )


def fields(shape: Mapping[str, Any]) -> list[Part]:
    """The fields of a shape."""
    needed = shape.get("required", ())
    return [
        Part(
            name,
            type_of(field),
            name in needed,
            f"{field.get('description', '')}{_limits(field)}".strip(),
            _reference(field),
        )
        for name, field in shape.get("properties", {}).items()
    ]


def type_of(schema: Mapping[str, Any]) -> str:
    """A type in a few words: string (uuid), array of EntryOut, integer or null."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            return " or ".join(type_of(one) for one in schema[many])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " | ".join(json.dumps(value) for value in values)
    if schema.get("type") == "array":
        return f"array of {type_of(schema.get('items', {}))}"
    form = f" ({schema['format']})" if "format" in schema else ""
    return f"{schema.get('type', 'any')}{form}"


def _limits(schema: Mapping[str, Any]) -> str:
    names = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default")
    told = [f"{name} {schema[name]}" for name in names if schema.get(name) is not None]
    return "".join(f" · {word}" for word in told)


def _schema(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    content = holder.get("content", {})
    first: Mapping[str, Any] = next(iter(content.values()), {})
    return dict(first.get("schema", {}))


def _reference(schema: Mapping[str, Any]) -> str:
    """The place on the page of the shape that a schema refers to; "" where it refers to none."""
    inner = schema.get("items", schema)
    return f"#shape-{type_of(inner)}" if "$ref" in inner else ""
