"""What the room says: a day has ended; days of a calendar are other than they were."""

DAY_CLOSED = "day.closed"
CALENDAR_CHANGED = "day.calendar.changed"
