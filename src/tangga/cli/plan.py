"""`tangga plan show` and `tangga plan decide`."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.cli import screen
from tangga.cli.plan_limits import print_limits
from tangga.cli.run import read_day
from tangga.texts import LANGUAGES, both, number

if TYPE_CHECKING:
    from tangga.engine.plan_lines.decide import Decided
    from tangga.engine.plan_lines.view import PlanView, Row
    from tangga.registry.model import Pack

MEASURED = ("matched", "fresh", "duplicates_open", "ranked", "recipients_matched")
OF = {"matched": "persons", "fresh": "families", "duplicates_open": "persons",
      "ranked": "families", "recipients_matched": "recipients"}  # fmt: skip
PLACES = ("places", "used", "free", "planned", "left_over", "waiting")


def show(directory: Path, *, year: int | None, area: str | None, as_json: bool) -> None:
    """Print the plan of an area: what is ready, what to repair first, what was decided."""
    from tangga.engine.plan_lines.view import plan_view

    view, pack = plan_view(directory, year=year, area=area)
    if as_json:
        text = json.dumps(view.as_dict(), ensure_ascii=False, indent=2, default=str)
        sys.stdout.write(text + "\n")
        return
    of = {"year": str(view.year), "day": view.day}
    if view.area:
        _say("plan.title", area=f"{view.area} {view.name}", **of)
    else:
        _say("plan.title_all", **of)
    _readiness(view)
    _capacity(view, pack)
    _lines(view, pack)
    _outcomes(view, pack)


def decide(
    directory: Path,
    line: str,
    *,
    state: str,
    by: str,
    on: str | None,
    changes: Mapping[str, str],
) -> None:
    """Write one decision about a line, and say what follows."""
    from tangga.engine.plan_lines.decide import decide
    from tangga.engine.workspace import load_workspace

    workspace = load_workspace(directory)
    day = read_day(on, "--on") or datetime.date.today()
    said = {name: value for name, value in changes.items() if value}
    done = decide(workspace, line, state=state, by=by, on=day, changes=said)
    _say("plan.decided", line=line, version=done.now.version, file=done.file)
    _follows(done)
    print_limits(done.limits, workspace.pack)


# --- what a decision brings -------------------------------------------------------------------


def _follows(done: Decided) -> None:
    now = done.now
    _say(f"plan.follows_{now.state}")
    if now.state == "accepted":
        if now.target is not None:
            _say("plan.follows_target", target=now.target, measure=now.measure)
        if now.cost is not None:
            _say("plan.follows_cost", cost=now.cost)
        if done.villages is not None and done.villages.not_ready:
            _say("plan.follows_repair", many=done.villages.not_ready, of=done.villages.all)
    if now.at > done.as_of:
        _say("plan.follows_later", day=now.at, as_of=done.as_of)


# --- readiness --------------------------------------------------------------------------------


def _readiness(view: PlanView) -> None:
    if not view.readiness:
        _say("plan.no_readiness")
        return
    total = {one: _sum(view.readiness, one) or 0 for one in ("ready", "villages")}
    _say("plan.ready", ready=total["ready"], of=total["villages"])
    headings = ["", *(both(f"plan.col_{one}") for one in ("villages", "ready", *MEASURED))]
    rows = [
        (f"{r['area']} {r['name']}", r["villages"], r["ready"], *(_share(r, m) for m in MEASURED))
        for r in view.readiness
    ]
    screen.print_table(headings, rows, title=both("plan.readiness", between=" / "))
    for row in view.apart:
        _say(f"plan.apart_{row['place']}", families=row["families"], persons=row["persons"])
    _repairs(view.repairs)


def _share(row: Row, measure: str) -> str | None:
    """Percent, rounded down, so that 90 % is never said of less."""
    has, of = row[measure], row[OF[measure]]
    if has is None or not of:
        return None
    if measure == "duplicates_open":
        return str(has)
    return f"{100 * has // of} %"


def _sum(rows: Iterable[Row], column: str) -> int | None:
    values = [row[column] for row in rows if row[column] is not None]
    return sum(values) if values else None


def _repairs(repairs: Sequence[Row]) -> None:
    if not repairs:
        return
    headings = [
        both(f"plan.col_{one}") for one in ("village", "repair", "missing", "families", "list")
    ]
    rows = [
        (f"{r['village']} {r['name']}", _what(r), r["missing"], r["families"], r["list"])
        for r in repairs
    ]
    screen.print_table(headings, rows, title=both("plan.repairs", between=" / "))
    if not all(r["lifts"] for r in repairs):
        _say("plan.repairs_several")
    _say("plan.repairs_more")


def _what(repair: Row) -> str:
    said = both(f"plan.repair_{repair['what']}", between=" / ")
    return said if repair["lifts"] else f"{said} *"


# --- capacity ---------------------------------------------------------------------------------


def _capacity(view: PlanView, pack: Pack) -> None:
    if not view.capacity:
        _say("plan.no_places", year=str(view.year))
        return
    headings = ["", both("plan.col_programme"), *(both(f"plan.col_{one}") for one in PLACES)]
    rows = [
        (
            f"{r['area']} {r['name']}",
            _label(pack, "programme", r["programme"]),
            *(r[one] for one in PLACES),
        )
        for r in view.capacity
    ]
    screen.print_table(headings, rows, title=both("plan.capacity", between=" / "))
    _begins(view.begins)
    if view.hours is None:
        _say("plan.no_hours")
    else:
        _say("plan.hours", **{k: view.hours[k] or 0 for k in ("workers", "hours_left", "begins")})
    for what in dict.fromkeys(row["missing"] for row in view.missing):
        families = _sum([r for r in view.missing if r["missing"] == what], "families")
        _say(f"plan.missing_{what}", families=families)


def _begins(rows: Sequence[Row]) -> None:
    """Families by month in which they begin, and why it is their turn."""
    if not rows:
        return
    whys = ("cap_queue", "near_cap", "waiting")
    by_month: dict[int, dict[str, int]] = {}
    for row in rows:
        by_month.setdefault(row["month"], {})[row["why"]] = row["families"]
    headings = [both("plan.col_month"), *(both(f"plan.why_{why}") for why in whys)]
    shown = [
        (f"{when % 12 + 1:02d}/{when // 12}", *(said.get(why, 0) for why in whys))
        for when, said in by_month.items()
    ]
    screen.print_table(headings, shown, title=both("plan.begins", between=" / "))


# --- lines ------------------------------------------------------------------------------------


def _lines(view: PlanView, pack: Pack) -> None:
    if not view.lines:
        _say("plan.no_lines", year=str(view.year))
        return
    names = ("line", "area", "action", "state", "cost", "target", "owner", "due")
    headings = [both(f"plan.col_{one}") for one in names]
    rows = [
        (
            r["line"],
            r["name"],
            r["action"],
            _state(r, pack),
            r["cost"],
            r["target"],
            r["owner"],
            r["due"],
        )
        for r in view.lines
    ]
    screen.print_table(headings, rows, title=both("plan.lines", between=" / "))
    for line in view.overdue:
        late = (view.day - line["due"]).days
        _say("plan.overdue", line=line["line"], due=line["due"], owner=line["owner"], days=late)
    for line in view.rejected:
        said = {one: line[one] for one in ("line", "by", "at", "reason")}
        _say("plan.rejected", **said)
    for line in view.lines:
        if line["needs_repair"]:
            of = {"many": line["villages_without_repair"], "of": line["villages"]}
            _say("plan.needs_repair", line=line["line"], **of)
    print_limits(view.limits, pack)


def _state(line: Row, pack: Pack) -> str:
    return _label(pack, "plan_state", line["state"]) + (" !" if line["overdue"] else "")


# --- outcomes ---------------------------------------------------------------------------------


def _outcomes(view: PlanView, pack: Pack) -> None:
    if not view.outcomes:
        _say("plan.no_outcomes")
        return
    names = ("measure", "survey", "when", "target", "difference")
    headings = ["", *(both(f"plan.col_{one}") for one in names)]
    rows = [
        (
            f"{r['area']} {r['name']}".strip() or both("plan.country", between=" / "),
            view.measures.get(r["measure"], r["measure"]),
            _figure(r["survey"], r["unit"]),
            f"{r['survey_month']:02d}/{r['year']}" if r["survey_month"] else str(r["year"]),
            _target(r),
            _figure(r["difference"], r["unit"]),
        )
        for r in view.outcomes
    ]
    screen.print_table(headings, rows, title=both("plan.outcomes", between=" / "))
    _say("plan.survey")


def _target(row: Row) -> str | None:
    if row["target"] is None:
        return None
    return f"{_figure(row['target'], row['unit'])} ({row['target_year']})"


def _figure(value: Any, unit: str) -> str | None:
    """A percentage with two decimals, all else as a whole number; Indonesian signs."""
    if value is None:
        return None
    if unit == "percent":
        return f"{value:.2f} %".replace(".", ",")
    return number(int(value), "id")


def _label(pack: Pack, codes: str, code: str | None) -> str:
    """A code in both languages."""
    if not code:
        return ""
    labels = pack.codes[codes].codes[code].labels
    return " / ".join(dict.fromkeys(labels[language] for language in LANGUAGES))


def _say(key: str, **values: Any) -> None:
    screen.out.print(both(key, **values), soft_wrap=True, markup=False)
