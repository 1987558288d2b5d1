"""The kinds of source that a descriptor may name, and the table that each fills."""

from __future__ import annotations

KIND_TABLE = {
    "people": "person",
    "civil_registry": "person",
    "families": "family",
    "rankings": "ranking",
    "events": "event",
    "enrolments": "enrolment",
    "payments": "payment",
    "assessments": "assessment",
    "visits": "visit",
    "cases": "case",
    "groups": "group",
    "workers": "worker",
    "corrections": "correction",
}
"""Kind of source -> table of the registry."""
