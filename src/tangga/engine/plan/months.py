"""Sets of months in SQL: sixty to a BIGINT, so that a union is one `|` and a count one bit count.

A set of months that spans more than sixty is several words, side by side: `months_0`, `months_1`
and so on, from the oldest. The first bit of the first word is the month `base`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tangga.rules.days import Month

YEAR = 12
WIDTH = 60
"""Months a word: five years, and far from the sign."""


def month(day: str) -> str:
    """SQL of the month in which a day falls, as `rules.days.month_of` counts them."""
    return f"(datediff('month', DATE '0001-01-01', {day}) + {YEAR})"


@dataclass(frozen=True)
class Span:
    """The words that hold every month from the oldest seen to now."""

    base: Month
    words: int

    @classmethod
    def of(cls, oldest: Month, now: Month) -> Span:
        """As many words as there are from the oldest month on, at least one."""
        base = min(oldest, now)
        return cls(base, (now - base) // WIDTH + 1)

    @property
    def each(self) -> range:
        """The numbers of the words."""
        return range(self.words)

    def names(self, stem: str = "months") -> list[str]:
        """The columns of a set."""
        return [f"{stem}_{n}" for n in self.each]

    def range_bits(self, first: str, past: str) -> list[str]:
        """SQL of each word of the months from `first` to before `past`; of a NULL, no month.

        DuckDB's least and greatest pass over a NULL, so that is asked first.
        """
        return [
            f"CASE WHEN {first} IS NULL OR {past} IS NULL THEN 0 "
            f"ELSE greatest(0, {self._below(past, n)} - {self._below(first, n)}) END"
            for n in self.each
        ]

    def before_bits(self, past: str) -> list[str]:
        """SQL of each word of all months before one."""
        return [f"({self._below(past, n)} - 1)" for n in self.each]

    def _below(self, month_sql: str, word: int) -> str:
        """The number whose lowest bit is that of a month, or one past the word on either side."""
        place = f"least(greatest({month_sql} - {self.base + word * WIDTH}, 0), {WIDTH})"
        return f"(1::BIGINT << {place}::INTEGER)"

    def listed(self, expressions: list[str], stem: str = "months") -> str:
        """`expression AS stem_n` for every word."""
        pairs = zip(expressions, self.names(stem), strict=True)
        return ", ".join(f"{sql} AS {name}" for sql, name in pairs)

    def union(self, of: str = "months", stem: str = "months") -> str:
        """The union of a group's sets: an aggregate for every word."""
        return self.listed([f"bit_or({name})" for name in self.names(of)], stem)

    def union_of_ranges(self, first: str, past: str, stem: str = "months") -> str:
        """The union of a group's ranges."""
        return self.listed([f"bit_or({bits})" for bits in self.range_bits(first, past)], stem)

    def count(self, stem: str = "months") -> str:
        """How many months a set holds."""
        return "(" + " + ".join(f"bit_count({name})::INTEGER" for name in self.names(stem)) + ")"

    def count_from(self, first: Month, stem: str = "months") -> str:
        """How many months of a set lie at or after one."""
        counts = []
        for n, name in enumerate(self.names(stem)):
            low = min(max(first - self.base - n * WIDTH, 0), WIDTH)
            counts.append(f"bit_count({name} & {(1 << WIDTH) - (1 << low)})::INTEGER")
        return "(" + " + ".join(counts) + ")"

    def any(self, stem: str = "months") -> str:
        """Whether a set holds a month."""
        return "(" + " OR ".join(f"{name} <> 0" for name in self.names(stem)) + ")"
