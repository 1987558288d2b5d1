"""What was paid and handed over here, as rows of payments for the next run.

Only of programmes that an area determines itself: who pays the others sends a list of their own,
and the same payment from two lists would be one paid twice. What was opened and closed goes back by
the overlay. A row says what became of one line of a signed list; what failed is told too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tangga.web.policy.book import book
from tangga.web.programmes.local import is_local
from tangga.web.programmes.models import Delivery, Result, Round, Row
from tangga.web.programmes.results import UNCLEAR

COLUMNS = (
    *("id", "person_id", "family_id", "as_of"),
    *("programme", "period_start", "period_end", "amount", "paid_on", "status", "failure"),
    *("arrears", "round"),
)
PAID, FAILED, NOT_COLLECTED = "paid", "failed", "not_collected"


def exported() -> list[tuple[str, tuple[str, ...], list[tuple[object, ...]]]]:
    """Every result that can be believed, and every receipt that stands."""
    local = [one.id for one in book().policy.programmes.values() if is_local(one)]
    rows = [*_results(local), *_receipts(local), *_not_collected(local)]
    return [("payments", COLUMNS, rows)]


def _results(local: list[str]) -> Iterator[tuple[object, ...]]:
    found = Result.objects.filter(round__programme__in=local, row__isnull=False).exclude(status="")
    found = found.exclude(state__in=UNCLEAR)
    for one in found.select_related("row", "round", "file"):
        row: Row = one.row  # type: ignore[assignment]
        told = (one.amount, one.paid_on, one.status, one.failure or None)
        yield _row(str(one.pk), row, one.round, one.paid_on or one.file.at.date(), told)


def _receipts(local: list[str]) -> Iterator[tuple[object, ...]]:
    found = Delivery.objects.filter(round__programme__in=local, undone_at=None)
    for one in found.select_related("row", "round"):
        yield _row(str(one.pk), one.row, one.round, one.on_day, (None, one.on_day, PAID, None))


def _not_collected(local: list[str]) -> Iterator[tuple[object, ...]]:
    """Goods of a closed round that nobody came for."""
    found = Row.objects.filter(
        round__programme__in=local,
        round__goods=True,
        round__state__in=("settled", "settled_open"),
        state=Row.PAY,
    ).exclude(deliveries__undone_at=None, deliveries__isnull=False)
    for row in found.select_related("round"):
        told = (None, None, FAILED, NOT_COLLECTED)
        yield _row(str(row.pk), row, row.round, row.round.period_end, told)


def _row(id_: str, row: Row, of: Round, as_of: Any, told: tuple[object, ...]) -> tuple[object, ...]:
    return (
        *(id_, row.person_id or None, row.family_id, as_of),
        *(of.programme, row.for_start, row.for_end, *told),
        *(row.sort == Row.ARREARS, of.called[:50]),
    )
