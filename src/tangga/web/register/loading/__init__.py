"""Brings a release into PostgreSQL, and into force."""

from tangga.web.register.loading.findings import BrokenRelease, Finding
from tangga.web.register.loading.ledger import Entry, Refused, entries, in_force
from tangga.web.register.loading.staging import Service, load
from tangga.web.register.loading.switching import approve, discard, rollback, switch

__all__ = [
    "BrokenRelease",
    "Entry",
    "Finding",
    "Refused",
    "Service",
    "approve",
    "discard",
    "entries",
    "in_force",
    "load",
    "rollback",
    "switch",
]
