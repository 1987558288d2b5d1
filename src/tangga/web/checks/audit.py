"""Whether the trail is sealed as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import transaction

from tangga.web.audit.verify import LATE, OLDEST_UNSEALED
from tangga.web.checks.finding import Finding, found
from tangga.web.database.rows import value
from tangga.web.database.scope import Scope, open_to


def of_audit() -> Iterator[Finding]:
    """Events that nobody sealed: the process that works is not running."""
    with transaction.atomic():
        open_to(Scope(""))
        oldest = value(OLDEST_UNSEALED)
    if oldest is not None and datetime.now(UTC) - oldest > LATE:
        minutes = int((datetime.now(UTC) - oldest).total_seconds() // 60)
        yield found("seal_late", minutes=minutes)
