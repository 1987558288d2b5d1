"""Targets, money and official outcomes of an area, from the tables of the measured plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tangga.web.dashboard.words import in_order

Row = dict[str, Any]
MEASURES = ("allocated", "disbursed", "received")
"""Of money, in the order in which it flows; they are never put together."""

TONES = {"behind": "bad", "reached": "good", "ahead": "good", "on_course": "good"}


@dataclass(frozen=True)
class Target:
    """One line of `pace`. shared: achieved of so many, and target and expected in a hundred."""

    row: Row
    shared: bool
    whole: float
    mark: float | None

    @property
    def aimed(self) -> bool:
        """Whether somebody set a target."""
        return self.row["target"] is not None

    @property
    def tone(self) -> str:
        """How the pace is shown beside its word."""
        return TONES.get(self.row["state"], "")


def targets(rows: Iterable[Row], year: int) -> list[Target]:
    """The lines of a year that have a target or an achievement, as the pack orders the pilar."""
    order = {code: at for at, code in enumerate(in_order("pilar"))}
    shown = [r for r in rows if r["year"] == year and (r["target"] is not None or r["achieved"])]
    shown.sort(key=lambda r: (order.get(r["pilar"], 99), r["target"] is None, r["measure"]))
    return [_target(row) for row in shown]


def _target(row: Row) -> Target:
    shared, target = row["of"] is not None, row["target"]
    if shared:
        mark = None if target is None else row["of"] * target / 100
        return Target(row, True, float(row["of"] or 0), mark)
    whole = max(row["achieved"] or 0, target or 0)
    return Target(row, False, float(whole), None if target is None else float(target))


@dataclass(frozen=True)
class Amount:
    """Rupiah. least: only what is known inside, at least so much; not_detailed: of its own."""

    value: int
    least: bool = False
    not_detailed: int | None = None


@dataclass
class Money:
    """What one focus ('' for all) has from one source of funds, by measure."""

    focus: str
    fund_source: str
    amounts: dict[str, Amount] = field(default_factory=dict)


@dataclass
class Beside:
    """Of one focus what reached families, and how many; None where it is not known or not told."""

    focus: str
    owed: int | None = None
    paid: int | None = None
    families: int | None = None


def money(rows: Iterable[Row], year: int) -> list[Money]:
    """Budget lines of a year: each focus and source of funds, all foci last."""
    found: dict[tuple[str, str], Money] = {}
    for row in rows:
        amount = _amount(row)
        if row["year"] == year and amount is not None:
            key = (row["focus"] or "", row["fund_source"] or "")
            found.setdefault(key, Money(*key)).amounts[row["measure"]] = amount
    order = {code: at for at, code in enumerate(in_order("focus"))}
    return sorted(found.values(), key=lambda one: (order.get(one.focus, 99), one.fund_source))


def _amount(row: Row) -> Amount | None:
    """The own figure, or else the most that is known inside: details of the same money, no sum."""
    if row["amount"] is not None:
        left = row["not_detailed"] if row["state"] == "not_detailed" else None
        return Amount(row["amount"], not_detailed=left)
    known = [row[name] for name in ("scope_amount", "children_amount") if row[name] is not None]
    return Amount(max(known), least=True) if known else None


def beside(rows: Iterable[Row], year: int) -> list[Beside]:
    """Of each focus what families were paid, and how many there are, in the pack's order."""
    found: dict[str, Beside] = {}
    for row in rows:
        if row["year"] == year:
            one = found.setdefault(row["focus"], Beside(row["focus"]))
            for name in ("owed", "paid", "families"):
                if row.get(name) is not None:
                    setattr(one, name, row[name])
    order = {code: at for at, code in enumerate(in_order("focus"))}
    known = [one for one in found.values() if one.paid is not None or one.families is not None]
    return sorted(known, key=lambda one: order.get(one.focus, 99))


@dataclass(frozen=True)
class Outcome:
    """A measure of official poverty: its latest survey, those before it, and its target."""

    measure: str
    unit: str
    survey: Row | None
    before: list[Row]
    target: Row | None


def outcomes(rows: Sequence[Row], chain: Sequence[str]) -> tuple[str | None, list[Outcome]]:
    """Of the nearest area that has any, and which it is: itself, or one around it."""
    for area in chain:
        own = [row for row in rows if row["area"] == area]
        if any(row["survey"] is not None for row in own):
            names = dict.fromkeys(row["measure"] for row in sorted(own, key=lambda r: r["unit"]))
            return area, [_outcome(name, own) for name in names]
    return None, []


def _outcome(measure: str, rows: Sequence[Row]) -> Outcome:
    mine = sorted((r for r in rows if r["measure"] == measure), key=lambda r: -r["year"])
    surveys = [row for row in mine if row["survey"] is not None]
    target = next((row for row in mine if row["target"] is not None), None)
    first = surveys[0] if surveys else None
    return Outcome(measure, mine[0]["unit"], first, surveys[1:4], target)


def years(*several: Iterable[Row]) -> list[int]:
    """Every year that some row speaks of, the latest first."""
    return sorted({row["year"] for rows in several for row in rows}, reverse=True)
