"""Reads one text as a number, an amount of money, or yes or no."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tangga.engine.standardise.reading import NOTHING, Reading, is_missing
from tangga.engine.standardise.style import Style

BITS = {"integer": 31, "money": 63}
LARGEST_DECIMAL = Decimal(10) ** 15
STEP = Decimal("0.001")
PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class NumberReader:
    """Reads whole numbers (`integer`, `money`) and decimals as a country writes them.

    A single point before three digits is a thousand in a whole number, and a decimal point in a
    decimal: files written by programs hold `36.500`, people write Rp 36.500.
    """

    type: str
    style: Style

    def read(self, text: str) -> Reading:
        """The number; `not_a_number` where there is none or it does not fit."""
        if is_missing(text) or " ".join(text.split()).casefold() in self.style.nothing:
            return NOTHING
        number = self._number(self._bare(text))
        if number is None:
            return Reading(problem="not_a_number")
        if self.type == "decimal":
            rounded = number.quantize(STEP, ROUND_HALF_UP)
            return self._checked(rounded, abs(rounded) < LARGEST_DECIMAL)
        return self._checked(int(number), abs(number) < 2 ** BITS[self.type] and number % 1 == 0)

    def _checked(self, value: int | Decimal, fits: bool) -> Reading:
        return Reading(value) if fits else Reading(problem="not_a_number")

    def _bare(self, text: str) -> str:
        """Without blanks, apostrophe, currency and the `,-` that closes an amount, and without a
        word before it."""
        bare = "".join(text.split()).casefold().lstrip("'\u2019`")
        for word in self.style.before:
            bare = bare.removeprefix(word)
        for mark in self.style.currency:
            bare = bare.removeprefix(mark).removesuffix(mark)
        return re.sub(r"[.,]-{1,2}$", "", bare.lstrip(".") if bare != text else bare)

    def _number(self, text: str) -> Decimal | None:
        thousands, point = re.escape(self.style.thousands), re.escape(self.style.decimal)
        grouped = rf"[+-]?\d{{1,3}}(?:{thousands}\d{{3}})+(?:{point}\d+)?"
        if self.type == "decimal" and re.fullmatch(r"[+-]?\d+\.\d+", text):
            return Decimal(text)
        if re.fullmatch(grouped, text) or re.fullmatch(rf"[+-]?\d+{point}\d+", text):
            bare = text.replace(self.style.thousands, "")
            return Decimal(bare.replace(self.style.decimal, "."))
        if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?", text):
            return Decimal(text.replace(",", ""))
        return Decimal(text) if PLAIN.fullmatch(text) else None


@dataclass(frozen=True)
class BooleanReader:
    """Reads yes and no. codes: what the descriptor says first, text -> true or false."""

    style: Style
    codes: dict[str, str] | None = None

    def read(self, text: str) -> Reading:
        """True or False; `not_a_boolean` where it is neither."""
        word = text.strip().strip("'").casefold().removesuffix(".0")
        word = {k.strip().casefold(): v.casefold() for k, v in (self.codes or {}).items()}.get(
            word, word
        )
        if word in self.style.yes or word in self.style.no:
            return Reading(word in self.style.yes)
        return NOTHING if is_missing(word) else Reading(problem="not_a_boolean")
