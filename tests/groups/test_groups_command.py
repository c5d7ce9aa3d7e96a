"""The command line of groups: one-line results, refusals that name the thing."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from liti.cli.groups import groups
from liti.core.errors import InvalidInput

pytestmark = pytest.mark.django_db


def test_preview_counts(tmp_path):
    file = tmp_path / "rule.json"
    file.write_text(json.dumps({"feature": "balance_minor", "op": ">", "value": 0}))

    result = CliRunner().invoke(groups, ["preview", str(file)])

    assert result.output == "0 of 0 customers\n"


def test_a_file_that_is_no_json_is_named(tmp_path):
    file = tmp_path / "rule.json"
    file.write_text("{")

    result = CliRunner().invoke(groups, ["preview", str(file)])

    assert isinstance(result.exception, InvalidInput)
    assert "rule.json" in str(result.exception)


def test_list_shows_every_segment_and_stage():
    output = CliRunner().invoke(groups, ["list"]).output

    assert all(word in output for word in ("idle_balance", "win_back", "not_reached"))
