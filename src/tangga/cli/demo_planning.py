"""What the demo shows of the plan: targets and pace, workers, budget, readiness, lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.cli import screen
from tangga.cli.demo_ladder import named, opened
from tangga.errors import Conflict
from tangga.texts import LANGUAGES, both

if TYPE_CHECKING:
    from tangga.engine.explain.register import Register

YEAR, NEXT = 2025, 2026
"""The year that is over, and the one that the plan is for."""
VILLAGE = 10
READY = ("matched", "fresh", "ranked", "recipients_matched")
OF = {
    "persons": ("matched",),
    "families": ("fresh", "ranked"),
    "recipients": ("recipients_matched",),
}
"""What the measures of readiness are shares of."""
BEHIND, BEHIND_MARK = "behind", " !"
GRADUATIONS = "graduations"


def print_planning(workspace: Path) -> None:
    """Targets with pace, who is lacking, money by area and focus, readiness, lines of the plan."""
    with opened(workspace) as register:
        areas = [
            row["area"] for row in register.rows("plan", "pace", "level = 'regency' ORDER BY area")
        ]
        areas = list(dict.fromkeys(areas))
        if not areas:
            return
        _print_targets(register, workspace, areas)
        _print_gaps(register)
        _print_budget(register)
        _print_foci(register, areas)
        _print_readiness(register)
        _print_lines(register)


def _print_targets(register: Register, workspace: Path, areas: list[str]) -> None:
    """Of the year that is over, graduations, and each measure of which an area is behind."""
    labels = _measures(workspace)
    rows = register.rows(
        "plan",
        "pace",
        f"level = 'regency' AND year = {YEAR} AND target IS NOT NULL AND programme IN ('', '-') "
        "ORDER BY pilar, measure, area",
    )
    told: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        told.setdefault((row["pilar"], row["measure"]), {})[row["area"]] = _pace(row)
    listed = [
        (_pilar(register, pilar), labels[measure], *(of.get(area, "-") for area in areas))
        for (pilar, measure), of in told.items()
        if measure == GRADUATIONS or any(one.endswith(BEHIND_MARK) for one in of.values())
    ]
    headings = [both("targets.pilar"), both("targets.measure"), *named(register, areas)]
    screen.print_table(headings, listed, title=_label("plan_targets", year=str(YEAR)))
    now = register.rows(
        "plan",
        "pace",
        f"level = 'country' AND year = {NEXT} AND measure = '{GRADUATIONS}' AND target IS NOT NULL "
        "AND programme IN ('', '-')",
    )
    for row in now:
        of = {name: row[name] for name in ("target", "achieved", "expected")}
        screen.out.print(_label("plan_now", year=str(NEXT), **of), soft_wrap=True)


def _pace(row: dict[str, Any]) -> str:
    """Achieved of the target: a number, or percent of what there was to do; `!` where behind."""
    achieved, target = row["achieved"], row["target"]
    if row["of"] is not None:
        percent = "-" if not row["of"] else 100 * achieved // row["of"]
        achieved, target = f"{percent} %", f"{target} %"
    return f"{achieved} / {target}{BEHIND_MARK if row['state'] == BEHIND else ''}"


def _measures(workspace: Path) -> dict[str, str]:
    """What the measures of targets are called, in both languages."""
    from tangga.engine.workspace import load_workspace

    version = load_workspace(workspace).today.settings.get("pilar")
    listed = version.says["measure"] if version else ()
    return {one["id"]: _said(one["labels"]) for one in listed}


def _said(labels: Mapping[str, str]) -> str:
    return " / ".join(dict.fromkeys(labels[language] for language in LANGUAGES))


def _print_gaps(register: Register) -> None:
    rows = register.rows("plan", "worker_gaps", "level = 'district' ORDER BY area, pilar, what")
    listed = [
        (
            _area(register, row["area"]),
            _pilar(register, row["pilar"]),
            both(f"targets.gap_{row['what']}", between=" / "),
            row["workers"],
            row["families"],
            row["over"],
        )
        for row in rows
    ]
    columns = ("pilar", "gap", "workers", "families", "over_families")
    headings = ["", *(both(f"targets.{name}") for name in columns)]
    screen.print_table(headings, listed, title=_label("plan_gaps"))


def _print_budget(register: Register) -> None:
    """The lines of all programmes, and what of them no area below has detailed."""
    rows = register.rows(
        "plan",
        "budget_tree",
        f"year = {YEAR} AND amount IS NOT NULL AND programme IS NULL "
        "ORDER BY left(area, 2), level, measure",
    )
    listed = [
        (
            *named(register, [row["area"]]),
            _programme(register, row["programme"]),
            _code_of(register, "budget_measure", row["measure"]),
            row["amount"],
            row["children_amount"],
            row["not_detailed"],
        )
        for row in rows
    ]
    columns = ("scope", "measure", "amount", "inside", "not_detailed")
    headings = ["", *(both(f"budget.col_{name}") for name in columns)]
    screen.print_table(headings, listed, title=_label("plan_budget", year=str(YEAR)))


def _print_foci(register: Register, areas: list[str]) -> None:
    """The foci side by side in money and people: those of the year of the plan."""
    rows = register.rows("plan", "foci", f"year = {NEXT} AND level = 'regency'")
    of = {(row["focus"], row["area"], row["fund_source"]): row for row in rows}
    listed = []
    for focus in register.pack.codes["focus"].codes:
        beside = (of.get((focus, area, None), {}).get("families") for area in areas)
        funds = (_of_each_source(register, rows, focus, area) for area in areas)
        cells = (cell for pair in zip(funds, beside, strict=True) for cell in pair)
        listed.append((_code_of(register, "focus", focus), *cells))
    headings = [both("budget.col_focus")]
    for name in named(register, areas):
        headings += [f"{name}\n{both('budget.col_amount')}", both("budget.col_families")]
    screen.print_table(headings, listed, title=_label("plan_foci", year=str(NEXT)))


def _of_each_source(
    register: Register, rows: list[dict[str, Any]], focus: str, area: str
) -> str | None:
    """What is known to be allocated, each source of funds in a line of its own: never summed."""
    known = (
        f"{_code_of(register, 'fund_source', row['fund_source'])}: {row['allocated_known']:,}"
        for row in rows
        if (row["focus"], row["area"]) == (focus, area) and row["allocated_known"] is not None
    )
    return "\n".join(known).replace(",", "\N{NO-BREAK SPACE}") or None


def _print_readiness(register: Register) -> None:
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in (*READY, *OF))
    (row,) = register.ask(
        f"SELECT count(*) AS villages, count(*) FILTER (ready) AS ready_villages, {sums} "
        f"FROM {register.run.scan('plan', 'readiness')} WHERE length(village) = {VILLAGE}"
    )
    shares = {name: _share(row[name], row[of]) for of, names in OF.items() for name in names}
    told = {"villages": row["villages"], "ready": row["ready_villages"], **shares}
    screen.out.print(_label("plan_readiness", **told), soft_wrap=True)


def _share(part: int | None, whole: int | None) -> str:
    return f"{100 * (part or 0) // whole} %" if whole else "-"


def _print_lines(register: Register) -> None:
    rows = register.rows("plan", "plan_lines", "TRUE ORDER BY line")
    listed = [
        (
            row["line"],
            _area(register, row["area"]),
            row["action"],
            _code_of(register, "plan_state", row["state"]) + (" !" if row["overdue"] else ""),
            row["cost"],
            row["target"],
        )
        for row in rows
    ]
    columns = ("line", "area", "action", "state", "cost", "target")
    headings = [both(f"plan.col_{name}") for name in columns]
    screen.print_table(headings, listed, title=_label("plan_lines"))


def _programme(register: Register, code: str | None) -> str:
    return both("budget.all", between=" / ") if code is None else code.upper()


def _pilar(register: Register, code: str) -> str:
    """The short name of a pilar where its label has one in brackets."""
    label = register.labels.code("worker", "pilar", code).id
    return label.partition("(")[2].rstrip(")") or label


def _area(register: Register, code: str) -> str:
    """The name of an area alone, without those above it."""
    return named(register, [code])[0].partition(",")[0]


def _code_of(register: Register, codes: str, code: str) -> str:
    """What a code of a list is called, in both languages."""
    return _said(register.pack.codes[codes].codes[code].labels)


def hold_to_planning(workspace: Path) -> None:
    """Conflict where sums do not agree, or a planted gap was not found."""
    with opened(workspace) as register:
        if not register.rows("plan", "pace", "TRUE LIMIT 1"):
            raise Conflict("the demo has no targets")
        short = [*_wrong_sums(register), *_lost_gaps(register)]
    if short:
        raise Conflict(f"the plan falls short of what is promised: {'; '.join(short)}")


def _wrong_sums(register: Register) -> Iterable[str]:
    """Targets for graduations, of which the families below are all known."""
    rows = register.rows(
        "plan",
        "targets",
        "given AND level = 'regency' AND measure = 'graduations' AND difference IS DISTINCT FROM 0",
    )
    for row in rows:
        yield f"the target of {row['area']} in {row['year']} does not sum"


def _lost_gaps(register: Register) -> Iterable[str]:
    """One kecamatan without a TKSK, one with companions over load; where there are several."""
    workers = (
        register.run.scan("resolve", "workers") if register.has("resolve", "workers") else None
    )
    found = {row["what"] for row in register.rows("plan", "worker_gaps", "level = 'district'")}
    rows = register.ask(f"SELECT 1 FROM {workers} WHERE caseload > 300") if workers else []
    if rows and "too_many" not in found:
        yield "a companion over load was not found"
    if (
        "no_worker" not in found
        and len(register.rows("plan", "worker_load", "pilar = 'tagana'")) > 1
    ):
        yield "a kecamatan without a TKSK was not found"


def _label(name: str, **values: object) -> str:
    return both(f"demo.{name}", **values)
