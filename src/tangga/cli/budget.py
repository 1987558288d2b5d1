"""`tangga budget`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.cli import screen
from tangga.texts import LANGUAGES, both

if TYPE_CHECKING:
    from tangga.engine.budget.view import BudgetView, Row
    from tangga.registry.model import Pack

MOST = 30
"""Figures of areas inside that are shown; all are in the table `budget_tree`."""
SUMS = ("rows", "amount", "matched", "unmatched", "no_amount")


def budget(directory: Path, *, year: int | None, area: str | None, as_json: bool) -> None:
    """Print the money of an area: its budget, its payments, the foci."""
    from tangga.engine.budget.view import budget_view

    view, pack = budget_view(directory, year=year, area=area)
    if as_json:
        text = json.dumps(view.as_dict(), ensure_ascii=False, indent=2, default=str)
        sys.stdout.write(text + "\n")
        return
    of = {"year": str(view.year), "day": str(view.day)}
    if view.area:
        _say("budget.title", area=f"{view.area} {view.name}", **of)
    else:
        _say("budget.title_all", **of)
    if view.years:
        _say("budget.years", years=", ".join(map(str, view.years)))
    _lines(view, pack)
    _absorption(view.absorption, pack)
    _payments(view)
    _periods(view, pack)
    _foci(view.foci, pack)


def _say(key: str, **values: str | int) -> None:
    said: dict[str, Any] = values
    screen.out.print(both(key, **said), soft_wrap=True, markup=False)


def _table(title: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    headings = [both(f"budget.col_{name}") for name in names]
    screen.print_table(headings, rows, title=both(title, between=" / "))


def _label(pack: Pack, codes: str, code: str | None) -> str:
    """A code in both languages; the code itself where the pack has no words for it."""
    if code is None:
        return "-"
    if codes not in pack.codes or code not in pack.codes[codes]:
        return code
    said = (pack.codes[codes].label(code, one) for one in LANGUAGES if one in pack.languages)
    return " / ".join(dict.fromkeys(said))


# --- the budget -------------------------------------------------------------------------------


def _lines(view: BudgetView, pack: Pack) -> None:
    if not view.lines and not view.inside:
        _say("budget.no_lines", year=str(view.year))
        return
    names = ("scope", "fund_source", "measure", "amount", "inside", "not_detailed", "state")
    rows = [
        (
            _scope(row, pack),
            _label(pack, "fund_source", row["fund_source"]),
            _label(pack, "budget_measure", row["measure"]),
            row["amount"],
            _inner(row),
            row["not_detailed"],
            _state(row),
        )
        for row in view.lines
        if _said_here(row)
    ]
    _table("budget.lines", names, rows)
    _say("budget.never_added")
    _inside(view, pack)
    for row in view.exceeded:
        more = _more(row)
        place = f"{row['area']} {row['name']}".strip() or both("budget.all", between=" / ")
        _say("budget.exceeded", area=place, scope=_scope(row, pack), **more)


def _said_here(row: Row) -> bool:
    """Whether a line says more than those beside it: a figure, what lies inside, or the whole."""
    whole = row["programme"] is None and row["focus"] is None
    return whole or row["amount"] is not None or row["children_amount"] is not None


def _inner(row: Row) -> int | None:
    """What is known inside a figure: of its areas, else of its own programmes and foci."""
    areas: int | None = row["children_amount"]
    scopes: int | None = row["scope_amount"]
    return scopes if areas is None else areas


def _more(row: Row) -> dict[str, int]:
    """What is too much: the detail, and the figure that should hold it."""
    parts = (row["children_amount"], row["scope_amount"], row["plan_amount"])
    return {"inside": max(part or 0 for part in parts), "amount": row["amount"]}


def _scope(row: Row, pack: Pack) -> str:
    if row["programme"]:
        return _label(pack, "programme", row["programme"])
    if row["focus"]:
        return _label(pack, "focus", row["focus"])
    return both("budget.all", between=" / ")


def _state(row: Row) -> str | None:
    """In words; of a figure that is not known, how many areas inside are."""
    if row["state"] is None:
        return None
    if row["state"] == "unknown" and row["children_known"]:
        known = {"known": row["children_known"], "of": row["children"]}
        return both("budget.state_unknown_of", between=" / ", **known)
    return both(f"budget.state_{row['state']}", between=" / ")


def _inside(view: BudgetView, pack: Pack) -> None:
    rows = [
        (
            f"{row['area']} {row['name']}",
            _scope(row, pack),
            _label(pack, "fund_source", row["fund_source"]),
            _label(pack, "budget_measure", row["measure"]),
            row["amount"],
            row["not_detailed"],
        )
        for row in view.inside
    ]
    names = ("area", "scope", "fund_source", "measure", "amount", "not_detailed")
    if rows:
        _table("budget.inside", names, rows[:MOST])
    if len(rows) > MOST:
        _say("budget.inside_more", many=len(rows) - MOST)


def _absorption(rows: Sequence[Row], pack: Pack) -> None:
    if not rows:
        return
    names = ("allocated", "disbursed", "absorbed", "owed", "paid", "matched", "unpaid")
    shown = [
        (
            _label(pack, "programme", row["programme"]),
            row["allocated"],
            row["disbursed"],
            None if row["absorbed"] is None else f"{row['absorbed']} %",
            *(row[name] for name in names[3:]),
        )
        for row in rows
    ]
    _table("budget.absorption", ("programme", *names), shown)
    _say("budget.beside")
    unknown = sum(row["owed_unknown"] or 0 for row in rows)
    if unknown:
        _say("budget.owed_unknown", many=unknown)


# --- payments ---------------------------------------------------------------------------------


def _payments(view: BudgetView) -> None:
    if view.files:
        rows = [(row["file"], *(row[name] for name in SUMS)) for row in view.files]
        _table("budget.files", ("file", *SUMS), [*rows, _sum(view.files)])
    if not view.states:
        _say("budget.no_payments", year=str(view.year))
        return
    rows = [
        (both(f"budget.is_{row['state']}", between=" / "), *(row[name] for name in SUMS))
        for row in view.states
    ]
    _table("budget.states", ("what", *SUMS), [*rows, _sum(view.states)])
    for row in view.to_check:
        _say(f"budget.check_{row['to_check']}", many=row["rows"])
    if view.undated:
        _say("budget.undated", many=view.undated)


def _sum(rows: Sequence[Row]) -> tuple[object, ...]:
    sums = (sum(row[name] for row in rows) for name in SUMS)
    return (both("budget.sum", between=" / "), *sums)


def _periods(view: BudgetView, pack: Pack) -> None:
    if not view.periods:
        return
    rows = [
        (
            _label(pack, "programme", row["programme"]),
            f"{row['period_start']:%m/%Y}-{row['period_end']:%m/%Y}",
            row["families"],
            row["owed"],
            row["matched"],
            (row["unpaid"] or 0) if row["paid"] is not None and row["due"] else None,
            row["short"],
            _when(row),
        )
        for row in view.periods
    ]
    names = ("programme", "period", "families", "owed", "matched", "unpaid", "short", "note")
    _table("budget.periods", names, rows)
    for row in view.unpaid:
        what = both(f"budget.is_{row['why']}", between=" / ")
        _say("budget.unpaid_why", what=what, many=row["rows"], amount=row["unpaid"])


def _when(row: Row) -> str | None:
    """Why nothing is said to be unpaid."""
    if not row["due"]:
        return both("budget.not_due", between=" / ")
    if row["paid"] is None and row["matched"] is None:
        return both("budget.no_file", between=" / ")
    return (
        both("budget.not_known", between=" / ", many=row["not_known"]) if row["not_known"] else None
    )


# --- the foci ---------------------------------------------------------------------------------


def _foci(rows: Sequence[Row], pack: Pack) -> None:
    if not rows:
        return
    names = ("allocated", "disbursed", "owed", "paid", "families", "persons")
    shown = [
        (
            _label(pack, "focus", row["focus"]),
            *(_at_least(row, name) for name in names[:2]),
            *(row[name] for name in names[2:4]),
            *(f"< {row['least']}" if row["hidden"] else row[name] for name in names[4:]),
        )
        for row in rows
    ]
    _table("budget.foci", ("focus", *names), shown)


def _at_least(row: Row, name: str) -> object:
    """The area's own figure; where it has none, what is known inside it, marked as a part."""
    known = row[f"{name}_known"]
    if row[name] is not None or known is None:
        return row[name]
    return "≥ " + f"{known:,}".replace(",", "\N{NO-BREAK SPACE}")
