"""Events of groups. Bulk by nature: one event a refresh, never one a customer."""

from __future__ import annotations

SEGMENT_DEFINED = "groups.segment.defined"
REFRESHED = "groups.refreshed"
