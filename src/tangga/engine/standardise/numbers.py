"""Reads one text as a national number, by what the pack says such a number looks like.

The pack's `[numbers.NAME]`:

    columns      registry columns that hold it (default: NAME alone)
    length       digits
    area         { start, length, compare }  an area code inside; compare: digits that are compared
    date         { start, of, female_day_offset }  ddmmyy inside; of: the column it repeats
    serial       { start, length }  never all zeros
    placeholders { same_digit, starts, values }
    separators   signs that people put between digits
    leading_zero "area": a number one digit short gets a zero in front if that makes a known area
    spreadsheet_digits  significant digits that a spreadsheet keeps; those behind become 0

Positions count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from tangga.engine.standardise.reading import NOTHING, Reading, is_missing
from tangga.errors import BadPack
from tangga.registry import Pack

KEYS = {
    "columns",
    "length",
    "area",
    "date",
    "serial",
    "placeholders",
    "separators",
    "leading_zero",
    "spreadsheet_digits",
}
EXPONENT = re.compile(r"(\d)[.,](\d+)e\+?(\d+)", re.IGNORECASE)
LARGEST_EXACT = 2**53


@dataclass(frozen=True)
class NumberSpec:
    """One kind of national number as the pack describes it."""

    name: str
    columns: tuple[str, ...]
    length: int
    area: Mapping[str, Any] = field(default_factory=dict)
    date: Mapping[str, Any] = field(default_factory=dict)
    serial: Mapping[str, Any] = field(default_factory=dict)
    same_digit: bool = False
    starts: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    separators: str = " "
    leading_zero: str = ""
    spreadsheet_digits: int | None = None

    @property
    def signs(self) -> str:
        """All signs that are dropped: those of the pack, and blanks that cannot be seen."""
        return self.separators + "\t\r\n\u00a0\u200b\ufeff"

    def pattern(self) -> str:
        """What a number looks like, as a pattern that Python and RE2 read alike."""
        parts = dict.fromkeys(range(1, self.length + 1), "[0-9]")
        for start, length, pattern in self._special_parts():
            parts[start] = pattern
            for position in range(start + 1, start + length):
                parts[position] = ""
        return re.sub(r"(?:\[0-9\]){2,}", _counted, "".join(parts.values()))

    def _special_parts(self) -> list[tuple[int, int, str]]:
        found = []
        if self.date:
            offset = int(self.date.get("female_day_offset", 0))
            days = [*range(1, 32), *(range(1 + offset, 32 + offset) if offset else ())]
            found.append((self.date["start"], 4, _day_pattern(days) + "(?:0[1-9]|1[0-2])"))
        if self.serial:
            length = self.serial["length"]
            found.append((self.serial["start"], length, _not_zero(length)))
        return found

    def forbidden(self) -> list[str]:
        """Whole numbers that stand for nobody although they have the form of a number."""
        same = [digit * self.length for digit in "0123456789"] if self.same_digit else []
        whole = re.compile(self.pattern())
        return [value for value in (*same, *self.values) if whole.fullmatch(value)]


def _counted(match: re.Match[str]) -> str:
    return f"[0-9]{{{len(match[0]) // 5}}}"


def _day_pattern(days: list[int]) -> str:
    """Two digits that are one of the days: `(?:0[1-9]|[12][0-9]|...)`."""
    tens: dict[int, str] = {}
    for day in days:
        tens[day // 10] = tens.get(day // 10, "") + str(day % 10)
    return "(?:" + "|".join(f"{ten}[{units}]" for ten, units in sorted(tens.items())) + ")"


def _not_zero(length: int) -> str:
    """Digits of which at least one is not 0."""
    forms = [f"{'0' * zeros}[1-9]{'[0-9]' * (length - zeros - 1)}" for zeros in range(length)]
    return "(?:" + "|".join(forms) + ")"


def number_specs(pack: Pack) -> dict[str, NumberSpec]:
    """Column -> what the number in it looks like; BadPack for an unknown key."""
    found = {}
    for name, data in pack.data.get("numbers", {}).items():
        spec = _spec(name, data, pack)
        found |= dict.fromkeys(spec.columns, spec)
    return found


def _spec(name: str, data: Mapping[str, Any], pack: Pack) -> NumberSpec:
    file = pack.dir / "pack.toml"
    if unknown := sorted(data.keys() - KEYS):
        todo = f"Known: {', '.join(sorted(KEYS))}"
        raise BadPack(f"[numbers.{name}] has an unknown key {unknown[0]!r}", file=file, todo=todo)
    if not isinstance(data.get("length"), int):
        raise BadPack(f"[numbers.{name}] needs its length in digits", file=file)
    placeholders = data.get("placeholders", {})
    return NumberSpec(
        name=name,
        columns=tuple(data.get("columns", [name])),
        length=data["length"],
        **{key: data.get(key, {}) for key in ("area", "date", "serial")},
        same_digit=placeholders.get("same_digit", False),
        starts=tuple(placeholders.get("starts", ())),
        values=tuple(placeholders.get("values", ())),
        separators=data.get("separators", " "),
        leading_zero=data.get("leading_zero", ""),
        spreadsheet_digits=data.get("spreadsheet_digits"),
    )


class NumberReader:
    """Reads the texts of a column that are not simply a good number.

    areas: codes of the pack's own system, for a dropped leading zero.
    """

    def __init__(self, spec: NumberSpec, areas: Container[str] = ()) -> None:
        self.spec, self.areas = spec, areas
        self.whole = re.compile(spec.pattern())
        self.forbidden = frozenset((*spec.forbidden(), *spec.values))
        self.separators = str.maketrans("", "", spec.signs)

    def read(self, text: str) -> Reading:
        """The number with `repaired`, or none with what is wrong.

        A text that is a good number as it stands comes here only from a file whose numbers a
        spreadsheet has rounded.
        """
        if is_missing(text) or text.strip() == "0":
            return NOTHING
        if self._good(text):
            return Reading(problem="rounded_number")
        bare = self._bare(text)
        if self._good(bare):
            return Reading(bare, "repaired")
        if self._is_placeholder(bare):
            return Reading(problem="placeholder_number")
        whole = self._with_zero(bare) or _exact(text.strip(), self.spec.length)
        if whole and self._good(whole):
            return Reading(whole, "repaired")
        return Reading(problem="broken_number")

    def _good(self, text: str) -> bool:
        return bool(self.whole.fullmatch(text)) and not self._is_placeholder(text)

    def _bare(self, text: str) -> str:
        return re.sub(r"[.,]0+$", "", text.strip()).translate(self.separators)

    def _is_placeholder(self, bare: str) -> bool:
        if not any(c.isdecimal() for c in bare):
            return True
        same = self.spec.same_digit and len(set(bare)) == 1
        return same or bare in self.forbidden or bare.startswith(self.spec.starts or ("\0",))

    def _with_zero(self, bare: str) -> str | None:
        if self.spec.leading_zero != "area" or len(bare) != self.spec.length - 1:
            return None
        first = self.spec.area["start"] - 1
        whole = "0" + bare
        return whole if whole[first : first + self.spec.area["length"]] in self.areas else None


def _exact(text: str, length: int) -> str | None:
    """A number in exponent form that has all its digits, `3.201010101900001E+15`."""
    match = EXPONENT.fullmatch(text)
    if match is None or int(match[3]) != length - 1 or len(match[2]) != length - 1:
        return None
    digits = match[1] + match[2]
    return digits if int(digits) <= LARGEST_EXACT else None
