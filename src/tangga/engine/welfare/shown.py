"""Numbers as a model card says them, in one language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tangga import texts
from tangga.texts import Language

NONE = "–"
MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
Estimate = Mapping[str, float | None]


@dataclass(frozen=True)
class Shown:
    """One language's way of writing. Texts are those of the section `card`."""

    language: Language

    def say(self, key: str, **values: object) -> str:
        """A text of the card."""
        return texts.say(f"card.{key}", self.language, **values)

    def judged(self, key: str, **values: object) -> str:
        """A text of the evaluation."""
        return texts.say(f"judge.{key}", self.language, **values)

    def number(self, value: float | None, digits: int = 2) -> str:
        """1.234,50 in Indonesian, 1,234.50 in English; a dash where it is not known."""
        if value is None:
            return NONE
        # + 0.0: what is rounded to nothing has no sign.
        text = f"{round(value, digits) + 0.0:,.{digits}f}"
        if self.language == "id":
            text = text.translate(str.maketrans(",.", ".,"))
        return text.replace("-", MINUS)

    def plain(self, value: float) -> str:
        """An answer that is a number: with the digits that it has, four of them at most."""
        digits = next((d for d in range(4) if math.isclose(value, round(value, d))), 4)
        return self.number(value, digits)

    def share(self, value: float | None) -> str:
        """0.213 is 21,3 % or 21.3 %."""
        return NONE if value is None else f"{self.points(value)}{SPACE}%"

    def points(self, value: float | None) -> str:
        """0.213 is 21,3 or 21.3: per cent, without the sign."""
        return self.number(None if value is None else 100 * value, 1)

    def change(self, value: float) -> str:
        """0.213 is +21,3 %."""
        return self.signed(100 * value, 1) + f"{SPACE}%"

    def signed(self, value: float, digits: int) -> str:
        """A number with its sign, + too."""
        return f"{'+' if round(value, digits) >= 0 else ''}{self.number(value, digits)}"

    def of(self, estimate: Estimate) -> tuple[str, str]:
        """(a share, its interval)."""
        return self.share(estimate["value"]), self.interval(estimate)

    def interval(self, estimate: Estimate) -> str:
        """`17,0 – 25,9 %`; a dash where it cannot be told."""
        low, high = estimate["low"], estimate["high"]
        if low is None or high is None:
            return NONE
        return f"{self.points(low)} – {self.share(high)}"

    def between(self, estimate: Estimate, digits: int = 2) -> str:
        """The interval of what is no share."""
        low, high = estimate["low"], estimate["high"]
        if low is None or high is None:
            return NONE
        return f"{self.number(low, digits)} – {self.number(high, digits)}"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines of a Markdown table, with a blank line after it."""
    lines = [headings, ["---"] * len(headings), *rows]
    return [*(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines), ""]


def _cell(cell: object) -> str:
    return str(cell).replace("|", "\\|").replace("\n", " ")
