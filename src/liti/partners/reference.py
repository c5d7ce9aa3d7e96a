"""The paradigm that a partner goes live with when nothing else is agreed."""

from liti.partners.models import Paradigm
from liti.partners.rules import SCOPES


def load() -> None:
    """Load the standard paradigm; one that a bank has changed stays."""
    Paradigm.objects.get_or_create(
        code="standard",
        defaults={
            "name_zh": "标准自金融范式",
            "name_en": "Standard self-finance paradigm",
            "scopes": list(SCOPES),
            "product_codes": ["LTYEB1"],
        },
    )
