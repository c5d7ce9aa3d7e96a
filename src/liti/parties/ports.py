"""What parties hears from below: who leaves the bank serves nobody any more."""

from __future__ import annotations

from datetime import date

from liti.core.events import EventView, subscribe
from liti.core.staff import LEFT
from liti.parties.services import release_served


@subscribe(LEFT, name="parties.staff_left")
def on_staff_left(event: EventView) -> None:
    """His customers go to the central pool on that day: nobody is without a server."""
    if event.payload["staff_code"]:
        release_served(event.payload["staff_code"], date.fromisoformat(event.payload["on"]))
