"""A report on its way to become a paper: what it says, and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tangga.errors import UserError
from tangga.texts import Language, say
from tangga.web.papers.content import Column


class NoReport(UserError):
    """A report that cannot be made. key: of the texts `web_papers`."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def words(self, language: Language) -> str:
        """Why."""
        return say(f"web_papers.{self.key}", language)


@dataclass(frozen=True)
class Made:
    """What `issue` takes; columns: None where the kind has its own."""

    kind: str
    area: str
    about: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    columns: Sequence[Column] | None = None
    family_id: str | None = None


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year: first and last day (inclusive)."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The day after it."""
        return date(self.year + self.number // 4, 3 * self.number % 12 + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @classmethod
    def of(cls, day: date) -> Quarter:
        """That in which a day lies."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str) -> Quarter:
        """From 2026-1. NoReport for anything else."""
        year, _, number = text.partition("-")
        if not (year.isascii() and year.isdigit() and len(year) == 4 and number in set("1234")):
            raise NoReport("no_such_period")
        return cls(int(year), int(number))

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"
