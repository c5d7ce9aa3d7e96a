"""What the partners room registers with the kernel: where customers' mandates are kept."""

from __future__ import annotations

from liti.core.authority import register_mandates
from liti.partners.mandates import lacking

register_mandates(lacking)
