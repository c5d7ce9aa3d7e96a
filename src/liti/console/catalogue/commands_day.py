"""What is done about the bank's day: a year's calendar is loaded from its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.commands import LIST, Command, Input, Summary, register
from liti.day import services


def _day(_key: Any = "", _result: Any = None) -> str:
    return reverse("console:day")


def _load(file: Path) -> services.CalendarReport:
    return services.load_published(file)


register(
    Command(
        "load-calendar",
        services.load_published,
        _("Load a calendar"),
        "day",
        LIST,
        calls=_load,
        inputs={
            "file": Input(
                _("File of the year"),
                help=_(
                    "CSV with the columns calendar (cn_bank or xshg), day, is_business (yes or"
                    " no) and name, as published for the year."
                ),
            )
        },
        preview=lambda _arguments: Summary(
            effects=[
                _("What is published takes the place of what was provisional."),
                _("Orders whose days change are dated anew."),
            ]
        ),
        back=_day,
        result=_day,
        message=_("The calendar is loaded."),
    ),
)
