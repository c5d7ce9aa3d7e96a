"""Ended days as records: each step of each day, and the figures of the day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Day(models.Model):
    """One business date and how its end went."""

    class State(models.TextChoices):
        CLOSING = "closing", _("Closing")
        FAILED = "failed", _("Failed")
        CLOSED = "closed", _("Closed")

    on = models.DateField(primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLOSING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    closed_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.on.isoformat()


class Step(models.Model):
    """One step of one day. `cursor` is where it goes on; `work_ms` adds up over attempts."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        FAILED = "failed", _("Failed")
        DONE = "done", _("Done")

    pk = models.CompositePrimaryKey("day_id", "name")
    day = models.ForeignKey(Day, on_delete=models.PROTECT, db_index=False, related_name="steps")
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    items_done = models.BigIntegerField(default=0)
    items_all = models.BigIntegerField(null=True)
    cursor = models.CharField(max_length=200, blank=True)
    chunks = models.IntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    work_ms = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)


class Figure(models.Model):
    """A figure of a closed day: a count, or money in minor units where the name says so."""

    pk = models.CompositePrimaryKey("on", "name")
    on = models.DateField()
    name = models.CharField(max_length=60)
    value = models.BigIntegerField()
