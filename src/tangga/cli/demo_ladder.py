"""What the demo shows of the ladder: families by rung, the cap, who waits, three families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.cli import screen
from tangga.errors import Conflict
from tangga.texts import LANGUAGES, both

if TYPE_CHECKING:
    from tangga.engine.explain import Explanation
    from tangga.engine.explain.register import Register
    from tangga.engine.explain.words import Words
    from tangga.rules.on_date import OnDate

CAP_FROM = date(2026, 1, 1)
CAP = """\
# The demo's own: the cap of five years in force from a stated day. No regulation says so; without
# this file the cap is announced only, and no move rests on it.

[[cap]]
id = "demo"
valid_from = {day}
supersedes = "announced-2025"
basis = "Rekaan untuk contoh ini; belum ada peraturan"
source = "tangga demo"
question = "Kapan batas lima tahun berlaku?"
months = 60
planning_from = 48
"""
AREA_DIGITS = 4
SAMPLE = 40
"""So many families are read again in Python by `--check`."""


def set_cap_in_force(workspace: Path) -> None:
    """An overlay in which the cap holds from a stated day."""
    local = workspace / "local"
    local.mkdir(mode=0o700, exist_ok=True)
    (local / "clock.toml").write_text(CAP.format(day=CAP_FROM), encoding="utf-8")
    settings = workspace / "tangga.toml"
    text = settings.read_text(encoding="utf-8")
    if "policy" not in text:
        settings.write_text(text + 'policy = ["local/"]\n', encoding="utf-8")


def add_local_programme(workspace: Path) -> None:
    """A programme of one regency's own beside the pack's: Mesuji's rice, as the guides show it."""
    name = "food_reserve.toml"
    rule = resources.files("tangga.cli").joinpath("templates", name)
    programmes = workspace / "local" / "programmes"
    programmes.mkdir(parents=True, exist_ok=True)
    (programmes / name).write_text(rule.read_text(encoding="utf-8"), encoding="utf-8")


def print_ladder(workspace: Path) -> None:
    """Families by rung and area, the cap, and who waits for what."""
    with opened(workspace) as register:
        _print_rungs(register)
        _print_cap(register)
        _print_programmes(register)


def opened(workspace: Path) -> Register:
    """The last complete run, for reading."""
    from tangga.engine.current import last_complete
    from tangga.engine.explain.register import Register
    from tangga.engine.workspace import load_workspace

    return Register(last_complete(workspace), load_workspace(workspace).pack)


def _print_rungs(register: Register) -> None:
    scan, area = register.run.scan("plan", "facts"), f"village[:{AREA_DIGITS}]"
    rows = register.ask(
        f"SELECT {area} AS area, rung, count(*) AS n FROM {scan} GROUP BY ALL ORDER BY area"
    )
    areas = sorted({row["area"] or "" for row in rows})
    counts = {(row["rung"], row["area"] or ""): row["n"] for row in rows}
    codes = register.pack.codes["rung"].codes
    names = {rung: _words(register.labels.code("event", "rung", rung)) for rung in codes}
    listed: list[Any] = [
        [name, *(counts.get((rung, area), 0) for area in areas)]
        for rung, name in {**names, None: _label("no_rung")}.items()
        if any((rung, area) in counts for area in areas)
    ]
    screen.print_table(["", *named(register, areas)], listed, title=_label("ladder"))


def named(register: Register, areas: Sequence[str]) -> list[str]:
    """What areas are called, in both languages."""
    register.labels.learn_areas(areas)
    return [_words(register.labels.code("family", "village", area or "-")) for area in areas]


def _print_cap(register: Register) -> None:
    near = register.run.scan("plan", "near_cap")
    (row,) = register.ask(
        "SELECT count(*) FILTER (list = 'near') AS near, "
        "count(*) FILTER (list = 'passed') AS passed, "
        "count(*) FILTER (list = 'passed' AND must_climb_most = 0) AS free "
        f"FROM {near}"
    )
    queue = register.run.scan("plan", "cap_queue")
    (waits,) = register.ask(
        f"SELECT count(*) AS queued, count(*) FILTER (place) AS places FROM {queue}"
    )
    rows = [(_label(f"cap_{name}"), n) for name, n in {**row, **waits}.items()]
    title = _label("cap", day=CAP_FROM)
    screen.print_table(["", _label("families")], rows, title=title)


def _print_programmes(register: Register) -> None:
    from tangga.engine.plan.decisions import kept_view

    view = kept_view(register.run, "decisions")
    rows = register.ask(
        "SELECT programme, count(*) FILTER (determination = 'determined') AS determined, "
        "count(*) FILTER (determination = 'waiting') AS waiting, "
        "count(*) FILTER (determination = 'determined' AND verdict = 'does_not_fit') AS outside, "
        "count(*) FILTER (verdict = 'not_known') AS not_known "
        f"FROM ({view}) GROUP BY programme ORDER BY programme"
    )
    labels = register.labels
    listed = [
        (_words(labels.code("enrolment", "programme", row["programme"])), *list(row.values())[1:])
        for row in rows
        if row["determined"]
    ]
    headings = [_label(f"of_{name}") for name in list(rows[0])] if rows else []
    screen.print_table(headings, listed, title=_label("programmes"))


def print_families(workspace: Path) -> None:
    """Three families: at the cap, with the reasons; near it; with nobody who must climb."""
    from tangga.cli.explain import print_explanation
    from tangga.engine.explain import explain

    screen.out.print(_label("three"), style="bold")
    for place, family in enumerate(telling(workspace)):
        print_explanation(in_short(explain(workspace, family), whole=place == 0))


def telling(workspace: Path) -> list[str]:
    """Ids of families that show something, each another thing; fewer where there are none."""
    wanted = (
        ("cap_queue", "TRUE ORDER BY months_protected DESC, family_id"),
        ("near_cap", "list = 'near' AND must_climb_adults > 0 ORDER BY months_left, family_id"),
        ("near_cap", "list = 'passed' AND must_climb_most = 0 ORDER BY family_id"),
        ("mismatches", "person_id IS NULL ORDER BY family_id"),
        ("waits", "queue = 'unknown_rank' AND person_id IS NULL ORDER BY family_id"),
    )
    found: list[str] = []
    with opened(workspace) as register:
        for table, where in wanted:
            rows = register.rows("plan", table, f"{where} LIMIT 3")
            found += [row["family_id"] for row in rows if row["family_id"] not in found][:1]
    return found[:3]


def in_short(explanation: Explanation, *, whole: bool = False) -> Explanation:
    """Where a family stands and what is due; whole: also why, and what to ask."""
    ladder = explanation.ladder
    if ladder is not None and not whole:
        due = (replace(one, because=(), support=()) for one in ladder.due)
        ladder = replace(ladder, due=tuple(due), listed=())
    return replace(
        explanation,
        ladder=ladder,
        decisions=(),
        to_ask=explanation.to_ask[:2] if whole else (),
        lists=explanation.lists if whole else (),
        rank=None,
        records=(),
        links=(),
        others=(),
        fields=(),
        memberships=(),
        members=(),
        events=(),
        attached=(),
        gaps=(),
    )


# --- promises ---------------------------------------------------------------------------------


def hold_to_decisions(workspace: Path) -> None:
    """Conflict where a decision is not what is promised of all of them."""
    from tangga.engine.workspace import load_workspace

    with opened(workspace) as register:
        today = load_workspace(workspace).today
        broken = [what for what, sql in promises(register, today).items() if register.ask(sql)]
        if broken:
            raise Conflict(f"decisions break what is promised: {', '.join(broken)}")
        read_again(register, today)


def promises(register: Register, today: OnDate) -> dict[str, str]:
    """What must never be: words -> SELECT of where it is."""
    from tangga.engine.plan.decisions import kept_view

    decisions = f"({kept_view(register.run, 'decisions')})"
    scan = {name: register.run.scan("plan", name) for name in
            ("facts", "cap_queue", "due", "standing_now")}  # fmt: skip
    waiting = f"({kept_view(register.run, 'waiting')})"
    return {
        "who fits is neither determined nor waiting": f"""SELECT 1 FROM {decisions}
            WHERE verdict = 'fits' AND determination IS NULL LIMIT 1""",
        "somebody waits who does not surely fit": f"""SELECT 1 FROM {decisions}
            WHERE determination = 'waiting' AND verdict <> 'fits' LIMIT 1""",
        "a decision without a reason": f"""SELECT 1 FROM {decisions}
            WHERE reasons = '[]' LIMIT 1""",
        "a family without a decision": f"""SELECT 1 FROM {scan["facts"]}
            ANTI JOIN {decisions} AS d USING (family_id) LIMIT 1""",
        "a ranked family in the queue of those without a rank": f"""SELECT 1
            FROM {waiting} WHERE queue = 'unknown_rank' AND decile IS NOT NULL LIMIT 1""",
        "a family past the cap without a dated entry": f"""SELECT 1 FROM {scan["facts"]} AS f
            ANTI JOIN {scan["cap_queue"]} AS q ON q.family_id = f.family_id
            WHERE f.months_protected >= 60 AND f.clock_bound_open AND f.must_climb_adults_lo >= 1
            AND f.rung = 'protection'
            AND coalesce(f.extended_until <= DATE '{today.day}', TRUE) LIMIT 1""",
        "a due move of no date": f"""SELECT 1 FROM {scan["due"]} AS d
            ANTI JOIN {scan["standing_now"]} AS s ON s.what = 'due/' || d.move
            AND s.subject = coalesce(d.person_id, d.family_id) LIMIT 1""",
    }


def read_again(register: Register, today: OnDate, sample: int = SAMPLE) -> None:
    """Families spread over all of them, in plain Python: Conflict where it says otherwise."""
    from tangga.engine.explain import reading

    scan = register.run.scan("plan", "facts")
    rows = register.ask(f"SELECT family_id FROM {scan} ORDER BY md5(family_id) LIMIT {sample}")
    for row in rows:
        family = reading.read_family(register, today, row["family_id"])
        if family is None:
            raise Conflict("a family has facts and cannot be read")
        list(reading.programmes(register, family))
        reading.ladder(register, family)
        list(reading.person_ladders(register, family))


def _words(said: Words) -> str:
    return "\n".join(dict.fromkeys(said.in_(language) for language in LANGUAGES))


def _label(name: str, **values: object) -> str:
    return both(f"demo.{name}", **values)
