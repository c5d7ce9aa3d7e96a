"""The page that describes the API: all calls and shapes, and nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from liti.api.docs import calls, type_of
from liti.api.urls import api

pytestmark = pytest.mark.django_db


def test_the_page_names_every_call_and_shape_and_loads_nothing_from_elsewhere():
    answer = Client().get("/api/v1/docs")
    page = answer.content.decode()
    told = api.get_openapi_schema()

    assert answer.status_code == 200
    for call in calls(told):
        assert f'id="{call.id}"' in page
    for shape in told["components"]["schemas"]:
        assert f'id="shape-{shape}"' in page
    assert len(list(calls(told))) == sum(len(methods) for methods in told["paths"].values())
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script>" not in page
    assert "unsafe" not in answer["Content-Security-Policy"]
    references = re.findall(r'href="#(shape-[^"]+)"', page)
    assert references
    assert all(f'id="{place}"' in page for place in references)


def test_types_are_said_in_a_few_words():
    entry = {"$ref": "#/components/schemas/EntryOut"}
    assert type_of({"type": "array", "items": entry}) == "array of EntryOut"
    assert type_of({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}) == (
        "string (uuid) or null"
    )
    assert type_of({"enum": ["a", 1]}) == '"a" | 1'
