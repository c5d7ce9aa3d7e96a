"""The channels by which the bank speaks to a customer, for consents, contacts, caps and words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """A channel. Consent is given by channel; each has its cap, capacity, lift and cost."""

    PHONE = "phone", _("Phone call")
    SMS = "sms", _("Text message")
    PUSH = "push", _("App message")


CHANNELS: tuple[str, ...] = tuple(Channel.values)
# A call waits for its person; messages go out by themselves.
MESSAGES: tuple[str, ...] = tuple(c for c in CHANNELS if c != Channel.PHONE)
