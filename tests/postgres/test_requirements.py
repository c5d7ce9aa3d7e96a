"""The locks say what is installed, never from where (ADR 3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_a_lock_has_exact_versions_with_hashes_and_no_address(name):
    text = (REQUIREMENTS / f"{name}.txt").read_text("utf-8")

    assert not re.search(r"://|(?m:^\s*-)(?!-hash)(?!\s*-hash)| @ |find-links|index-url", text)
    entries = re.sub(r"\\\n", " ", text).strip().splitlines()
    entries = [line for line in entries if line.strip() and not line.startswith("#")]
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9._\[\],-]*==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
