"""The sources that the house knows from the start; a bank adds its own."""

from __future__ import annotations

from importlib import resources

import yaml

from liti.parties.models import Source


def load() -> None:
    """Load mappings/*.yaml; the mapping in the file is the one in force."""
    folder = resources.files("liti.parties") / "mappings"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            given = yaml.safe_load(file.read_text(encoding="utf-8"))
            head = {k: given.pop(k) for k in ("name_zh", "name_en", "department", "kind", "trust")}
            Source.objects.update_or_create(
                code=given.pop("code"), defaults={**head, "mapping": given}
            )
