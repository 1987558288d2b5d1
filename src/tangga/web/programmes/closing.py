"""Closing a round: what is still open on its list, and that nobody closes over it unawares.

found = still_open(round_)      # Open; bool(found): there is something
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from tangga.texts import Language, say
from tangga.web.programmes import results
from tangga.web.programmes.models import Round, Row
from tangga.web.programmes.refusals import NothingOpen, StillOpen

CLEAN, WITH_REST = "settle", "settle_open"
"""The two steps that close a round: everything arrived, or a reason why it is closed as it is."""


@dataclass(frozen=True)
class Open:
    """Of a round: rows to pay of which nothing is heard, rows of which nothing can be believed,
    rows whose money failed, and the rupiah that did not arrive. Of goods: families not served."""

    silent: int = 0
    unclear: int = 0
    failed: int = 0
    short: int = 0
    not_served: int = 0

    def __bool__(self) -> bool:
        return any((self.silent, self.unclear, self.failed, self.short, self.not_served))

    def words(self, language: Language, money: bool = True) -> str:
        """What is open, in one line; rupiah only where `money`."""
        counted = {name: getattr(self, name) for name in ("silent", "unclear", "failed")}
        counted |= {"short": self.short if money else 0, "not_served": self.not_served}
        return ", ".join(
            say(f"web_programmes.open_{name}", language, n=_whole(n, language))
            for name, n in counted.items()
            if n
        )


def _whole(n: int, language: Language) -> str:
    told = f"{n:,}"
    return told.replace(",", ".") if language == "id" else told


def still_open(of: Round) -> Open:
    """What is open on a round's list as it stands."""
    rows = Row.objects.filter(round=of, state=Row.PAY)
    if of.goods:
        served = rows.filter(deliveries__undone_at=None, deliveries__isnull=False).distinct()
        return Open(not_served=rows.count() - served.count())
    arrived = rows.aggregate(n=Sum("results__matched"))["n"] or 0
    unclear = rows.filter(results__state__in=results.UNCLEAR).exclude(results__matched__gt=0)
    return Open(
        silent=results.unanswered(of).count(),
        unclear=unclear.distinct().count(),
        failed=results.failed(of).count(),
        short=int(of.total) - arrived,
    )


def closed(of: Round, step: str) -> None:
    """StillOpen where a round is closed as done and is not; NothingOpen the other way round."""
    found = still_open(of)
    if step == CLEAN and found:
        raise StillOpen(number=of.item.number, open=found)
    if step == WITH_REST and not found:
        raise NothingOpen(number=of.item.number)
