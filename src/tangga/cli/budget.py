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
    of_scopes = [row for row in view.lines if _said_here(row, view.lines)]
    of_areas = [row for row in view.lines if row["children_amount"] is not None]
    _details("budget.lines", of_scopes, "scope", pack)
    _details("budget.lines_by_area", of_areas, "children", pack)
    _say("budget.never_added")
    told = [row for row in view.lines if row in of_scopes or row in of_areas]
    _left_out(len(view.lines) - len(told))
    _inside(view, pack)
    _say_each(_exceeded(view, pack))
    _say_each(_documents(view, pack))


def _details(title: str, rows: Sequence[Row], inside: str, pack: Pack) -> None:
    """Figures beside one kind of detail; those of scopes with the accepted plan lines, those of
    areas with how many areas have a figure."""
    names = ["scope", "fund_source", "measure", "amount", f"in_{inside}"]
    by_scope = inside == "scope"
    names += ["not_detailed", "plan_amount" if by_scope else "areas_known"]
    left = "scope_not_detailed" if by_scope else "not_detailed"
    shown = [
        (
            *_whose(row, pack),
            _own(row),
            row[f"{inside}_amount"],
            row[left],
            row["plan_amount"] if by_scope else f"{row['children_known']} / {row['children']}",
        )
        for row in rows
    ]
    if shown:
        _table(title, names, shown)


def _whose(row: Row, pack: Pack) -> tuple[str, str, str]:
    return (
        _scope(row, pack),
        _label(pack, "fund_source", row["fund_source"]),
        _label(pack, "budget_measure", row["measure"]),
    )


def _said_here(row: Row, rows: Sequence[Row]) -> bool:
    """Whether this area itself says something: a figure, plan lines, or figures of its scopes."""
    if row["amount"] is not None or row["plan_amount"] is not None:
        return True
    return any(
        one["amount"] is not None and _holds(row, one)
        for one in rows
        if one["fund_source"] == row["fund_source"] and one["measure"] == row["measure"]
    )


def _holds(wider: Row, row: Row) -> bool:
    """Whether a scope is another, or holds it."""
    if wider["programme"]:
        return bool(wider["programme"] == row["programme"])
    return wider["focus"] is None or bool(wider["focus"] == row["focus"])


def _own(row: Row) -> object:
    """The own figure; where it is not known, what there is at least."""
    inside = (row["scope_amount"], row["children_amount"])
    known = [part for part in inside if part is not None]
    return row["amount"] if row["amount"] is not None else _at_least(None, max(known, default=None))


def _left_out(many: int) -> None:
    if many:
        _say("budget.left_out", many=many)


def _say_each(said: Sequence[tuple[str, dict[str, str | int]]]) -> None:
    for key, values in said[:MOST]:
        _say(key, **values)
    if len(said) > MOST:
        _say("budget.inside_more", many=len(said) - MOST)


def _exceeded(view: BudgetView, pack: Pack) -> list[tuple[str, dict[str, str | int]]]:
    """Each figure that its scopes, its areas or accepted plan lines exceed, with these named."""
    said: list[tuple[str, dict[str, str | int]]] = []
    for row in view.exceeded:
        of = {**_named(row, pack), "amount": row["amount"]}
        if row["scope_state"] == "exceeded":
            said.append(("budget.exceeded_scope", {**of, "inside": row["scope_amount"]}))
        if row["state"] == "exceeded":
            said.append(("budget.exceeded_area", {**of, "inside": row["children_amount"]}))
        if row["plan_exceeds"]:
            lines = ", ".join(one["plan_line"] for one in view.planned if _spends(one, row))
            said.append(
                ("budget.exceeded_plan", {**of, "inside": row["plan_amount"], "lines": lines})
            )
    return said


def _spends(line: Row, row: Row) -> bool:
    """Whether a plan line is spent out of a figure."""
    same = ("area", "fund_source", "measure")
    return all(line[one] == row[one] for one in same) and _holds(row, line)


def _named(row: Row, pack: Pack) -> dict[str, str | int]:
    place = f"{row['area']} {row['name']}".strip() or both("budget.all", between=" / ")
    source = _label(pack, "fund_source", row["fund_source"])
    return {"area": place, "scope": _scope(row, pack), "source": source}


def _documents(view: BudgetView, pack: Pack) -> list[tuple[str, dict[str, str | int]]]:
    """Money of several documents, and how many lines count nothing."""
    said: list[tuple[str, dict[str, str | int]]] = []
    for row in view.several:
        of = {"many": row["documents"], "documents": row["named"], "amount": row["amount"]}
        said.append(("budget.several", {**_named(row, pack), **of}))
    if view.replaced:
        said.append(("budget.replaced", {"many": len(view.replaced)}))
    return said


def _scope(row: Row, pack: Pack) -> str:
    if row["programme"]:
        return _label(pack, "programme", row["programme"])
    if row["focus"]:
        return _label(pack, "focus", row["focus"])
    return both("budget.all", between=" / ")


def _inside(view: BudgetView, pack: Pack) -> None:
    rows = [
        (f"{row['area']} {row['name']}", *_whose(row, pack), row["amount"], row["plan_amount"])
        for row in view.inside
    ]
    names = ("area", "scope", "fund_source", "measure", "amount", "plan_amount")
    if rows:
        _table("budget.inside", names, rows[:MOST])
    if len(rows) > MOST:
        _say("budget.inside_more", many=len(rows) - MOST)


def _absorption(rows: Sequence[Row], pack: Pack) -> None:
    if not rows:
        return
    budget = [
        (
            _label(pack, "programme", row["programme"]),
            _label(pack, "fund_source", row["fund_source"]),
            row["allocated"],
            row["disbursed"],
            None if row["absorbed"] is None else f"{row['absorbed']} %",
        )
        for row in rows
        if row["fund_source"]
    ]
    names = ("owed", "paid", "matched", "unpaid")
    beside = [
        (_label(pack, "programme", row["programme"]), *(row[name] for name in names))
        for row in rows
        if not row["fund_source"] and any(row[name] is not None for name in names)
    ]
    if budget:
        heads = ("programme", "fund_source", "allocated", "disbursed", "absorbed")
        _table("budget.absorption", heads, budget)
    if beside:
        _table("budget.payments_beside", ("programme", *names), beside)
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
    budget = [
        (
            _label(pack, "focus", row["focus"]),
            _label(pack, "fund_source", row["fund_source"]),
            *(_at_least(row[name], row[f"{name}_known"]) for name in ("allocated", "disbursed")),
        )
        for row in rows
        if row["fund_source"]
    ]
    if budget:
        _table("budget.foci", ("focus", "fund_source", "allocated", "disbursed"), budget)
    names = ("owed", "paid", "families", "persons")
    beside = [row for row in rows if not row["fund_source"]]
    told = [row for row in beside if row["hidden"] or any(row[one] is not None for one in names)]
    shown = [
        (
            _label(pack, "focus", row["focus"]),
            *(row[name] for name in names[:2]),
            *(f"< {row['least']}" if row["hidden"] else row[name] for name in names[2:]),
        )
        for row in told
    ]
    if shown:
        _table("budget.foci_people", ("focus", *names), shown)
    _left_out(len(beside) - len(told))


def _at_least(own: int | None, known: int | None) -> object:
    """A figure; where there is none, what is known inside it, as a part; where what is known inside
    is more, the contradiction."""
    if known is None or (own is not None and own >= known):
        return own
    least = "≥\N{NO-BREAK SPACE}" + _parted(known)
    return least if own is None else f"{_parted(own)} ! {least}"


def _parted(amount: int) -> str:
    return f"{amount:,}".replace(",", "\N{NO-BREAK SPACE}")
