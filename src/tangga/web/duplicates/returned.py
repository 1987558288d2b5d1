"""Rulings as the engine reads them: `rulings/web.csv`, the whole history in its order."""

from __future__ import annotations

from django.utils import timezone

from tangga.web.duplicates.models import Ruling
from tangga.web.secrets import of_the_service

COLUMNS = ("left_source", "left_id", "right_source", "right_id", "ruling", "by", "at", "reason")


def rulings() -> list[tuple[object, ...]]:
    """Every ruling, the oldest first; the engine takes the latest of a pair. `at` to the
    microsecond: of two on one day the later wins."""
    plain = of_the_service().stood_for
    return [
        (
            one.left_source,
            plain(one.left_id),
            one.right_source,
            plain(one.right_id),
            one.ruling,
            one.called,
            timezone.localtime(one.at).replace(tzinfo=None).isoformat(timespec="microseconds"),
            one.reason,
        )
        for one in Ruling.objects.order_by("at", "id")
    ]
