"""The day that deadlines, windows and clocks of the service speak of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone

_pretended: list[date] = []


def today() -> date:
    """TANGGA_TODAY where it is set (a demo, a training), else the date at the office."""
    if _pretended:
        return _pretended[-1]
    said: date | Path | None = settings.ENV.today
    if isinstance(said, Path):
        return date.fromisoformat(said.read_text(encoding="ascii").strip())
    return said or timezone.localdate()


def is_told() -> bool:
    """Whether somebody set the day (a demo, a training): then the clock's date is not the day on
    which the service says that things were done."""
    return bool(_pretended) or settings.ENV.today is not None


@contextmanager
def pretend(day: date) -> Iterator[None]:
    """Every thread of this process takes a day for today: stories of tests go through months."""
    _pretended.append(day)
    try:
        yield
    finally:
        _pretended.pop()
