"""Reads one text as a date: the forms that Indonesian files really hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tangga.engine.standardise.reading import NOTHING, Reading, is_missing

EARLIEST = date(1900, 1, 1)
# Day 1 of a spreadsheet is 1 January 1900; it also counts a 29 February 1900 that never was.
SERIAL_ZERO = date(1899, 12, 30)
SERIALS = range(10_000, 75_000)  # May 1927 to May 2105: five digits, so never a year

CLOCK = r"(?:[ T]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})[-/. ](\d{{1,2}})[-/. ](\d{{1,2}}){CLOCK}")
DAY_FIRST = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){CLOCK}")
NAMED = re.compile(r"(\d{1,2})[-/., ]*([^\W\d_]+)[-/., ]*(\d{4}|\d{2})")
NAMED_FIRST = re.compile(r"([^\W\d_]+)[-/., ]*(?:(\d{1,2})[-/., ]+)?(\d{4})")
PARTS = re.compile(r"(\d{4}|\d{2})?-(\w{0,})-(\d{0,2})")
MONTH_OF_YEAR = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})")
COMPACT = re.compile(r"\d{8}")
SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
YEAR = re.compile(r"(\d{4})(?:\.0+)?")
NO_DATE = re.compile(rf"0+(?:[-/.]0+){{0,2}}{CLOCK}")


@dataclass(frozen=True)
class DateReader:
    """Reads the dates of one column.

    months: lower-case name -> number. pivot: two digits of a year are read so that the date is
    not after this day. latest: no date may be later, None where a date may lie ahead. form: as
    the descriptor states it. parts: the text is year-month-day put together from three columns.
    partial: year, or year and month, alone are an answer (a birth date).
    """

    months: Mapping[str, int]
    pivot: date
    latest: date | None = None
    form: str | None = None
    parts: bool = False
    partial: bool = False

    def read(self, text: str) -> Reading:
        """The date; `impossible_date`, `incomplete_date` or `not_a_date` where there is none."""
        text = " ".join(text.split()).strip("'\u2019` ")
        if is_missing(text) or NO_DATE.fullmatch(text) or (self.parts and not text.strip("-0")):
            return NOTHING
        stated = self._stated(text)
        if stated is None and self._month_first() and DAY_FIRST.fullmatch(text):
            return Reading(problem="impossible_date")
        return stated or self._found(text) or Reading(problem="not_a_date")

    def _month_first(self) -> bool:
        """The descriptor says month, day, year: then 13/03 is a mistake, not the 13th of March."""
        form = (self.form or "").lower()
        return -1 < form.find("%m") < form.find("%d") < form.find("%y")

    def _stated(self, text: str) -> Reading | None:
        if self.form is None:
            return None
        try:
            read = datetime.strptime(text, self.form.replace("%-", "%")).date()
        except ValueError:
            return None
        if "%y" in self.form:
            return self._date(read.year % 100, read.month, read.day, short=True)
        return self._date(read.year, read.month, read.day)

    def _found(self, text: str) -> Reading | None:
        if self.parts:
            return self._from_parts(text)
        if match := YEAR_FIRST.fullmatch(text):
            return self._date(*map(int, match.groups()))
        if match := DAY_FIRST.fullmatch(text):
            day, month, year = match.groups()
            return self._date(int(year), int(month), int(day), short=len(year) == 2)
        return self._named(text) or self._digits(text) or self._without_day(text)

    def _from_parts(self, text: str) -> Reading | None:
        match = PARTS.fullmatch(text)
        if match is None or match[1] is None:
            return None
        month = (
            int(match[2] or 0) if match[2].isdecimal() or not match[2] else self._month(match[2])
        )
        if month is None:
            return None
        return self._date(int(match[1]), month, int(match[3] or 0), short=len(match[1]) == 2)

    def _named(self, text: str) -> Reading | None:
        if match := NAMED.fullmatch(text):
            day, name, year = match.groups()
        elif match := NAMED_FIRST.fullmatch(text):
            name, day, year = match.groups()
        else:
            return None
        month = self._month(name)
        if month is None:
            return None
        return self._date(int(year), month, int(day or 0), short=len(year) == 2)

    def _month(self, name: str) -> int | None:
        return self.months.get(name.casefold().rstrip("."))

    def _digits(self, text: str) -> Reading | None:
        """yyyymmdd or ddmmyyyy (never both: no month begins with 19 or 20), or a serial."""
        if COMPACT.fullmatch(text):
            if text[:2] in ("19", "20") and int(text[4:6]) <= 12:
                return self._date(int(text[:4]), int(text[4:6]), int(text[6:]))
            return self._date(int(text[4:]), int(text[2:4]), int(text[:2]))
        if (match := SERIAL.fullmatch(text)) and int(match[1]) in SERIALS:
            day = SERIAL_ZERO + timedelta(days=int(match[1]))
            return self._date(day.year, day.month, day.day)
        return None

    def _without_day(self, text: str) -> Reading | None:
        if match := YEAR.fullmatch(text):
            return self._date(int(match[1]), 0, 0)
        if match := MONTH_OF_YEAR.fullmatch(text):
            year, month = match[1] or match[4], match[2] or match[3]
            return self._date(int(year), int(month), 0)
        return None

    def _date(self, year: int, month: int, day: int, *, short: bool = False) -> Reading:
        if short:
            year = self._century(year, month, day)
        problem = "two_digit_year" if short else None
        if not month or not day:
            return self._incomplete(year, month)
        try:
            found = date(year, month, day)
        except ValueError:
            return Reading(problem="impossible_date", year=self._year(year), month=_month(month))
        if found < EARLIEST or (self.latest is not None and found > self.latest):
            return Reading(problem="impossible_date")
        return Reading(found, problem, found.year, found.month)

    def _incomplete(self, year: int, month: int) -> Reading:
        known = self._year(year)
        if known is None or month > 12:
            return Reading(problem="impossible_date", year=known)
        problem = None if self.partial else "incomplete_date"
        return Reading(None, problem, known, month or None)

    def _year(self, year: int) -> int | None:
        last = self.latest.year if self.latest else date.max.year
        return year if EARLIEST.year <= year <= last else None

    def _century(self, year: int, month: int, day: int) -> int:
        """The latest century in which the date is not after the pivot."""
        this = self.pivot.year // 100 * 100 + year
        ahead = (this, month, day) > (self.pivot.year, self.pivot.month, self.pivot.day)
        return this - 100 if ahead else this


def _month(month: int) -> int | None:
    return month if 1 <= month <= 12 else None
