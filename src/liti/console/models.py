"""What the console keeps of its own: the acts that its forms have carried out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.Model):
    """A form that was sent, by the key that it was shown with: once sent, it is one act."""

    class State(models.TextChoices):
        BEGUN = "begun", _("Begun")
        DONE = "done", _("Done")

    key = models.CharField(max_length=36, primary_key=True)
    command = models.CharField(max_length=80)
    actor = models.CharField(max_length=150)
    content = models.CharField(max_length=64)
    state = models.CharField(max_length=5, choices=State.choices, default=State.BEGUN)
    link = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.command} {self.key}"
