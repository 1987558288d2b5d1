"""A run made by hand for tests of targets: what was recorded, and families with a rung.

run = TargetsRun(tmp_path, ON)
run.records(families=[...], visits=[...], events=[...], workers=[...])
run.targets("2026,1811,pkh_companion,,graduations,10")
run.measure()
run.rows("pace")
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa

import history_run
from history_run import HistoryRun, Row
from tangga.engine.context import Context
from tangga.engine.plan.rows import relation_of
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.engine.targets.stage import write_targets
from tangga.registry import load_pack
from tangga.registry.areas import Areas, load_areas
from tangga.rules.exits_sql import graduations_sql
from tangga.rules.on_date import OnDate

ON = date(2026, 6, 30)
HEADER = "year,area,pilar,worker,programme,measure,value,rule,exits"
FACTS = {
    "family_id": "VARCHAR",
    "village": "VARCHAR",
    "rung": "VARCHAR",
    "must_climb_adults_lo": "BIGINT",
    "must_climb_adults_hi": "BIGINT",
    "open_cases_lo": "BIGINT",
    "open_cases_hi": "BIGINT",
}
SPELLS = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "programme": "VARCHAR",
    "valid_from": "DATE",
    "valid_to": "DATE",
    "exit": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
}
EVENT = {
    **dict.fromkeys(("family_id", "event", "track", "rung", "exit", "source"), "VARCHAR"),
    "on_date": "DATE",
    "source_id": "VARCHAR",
}
TEXTS = """
    worker pilar area purpose result event shock track rung exit by kind state base_source
"""
DAYS = "on_date planned_on recorded_on active_from active_to paid_on opened"
TYPES = {
    **history_run.TYPES,
    **dict.fromkeys(TEXTS.split(), pa.string()),
    **dict.fromkeys(DAYS.split(), pa.date32()),
    "caseload": pa.int64(),
}


@cache
def _areas() -> Areas:
    """The areas of the pack, read once."""
    return load_areas(load_pack("indonesia").dir)


class TargetsRun(HistoryRun):
    """One run, on a day of the pack's policy."""

    types = TYPES

    def __init__(self, folder: Path, on: date = ON, parts: int = 1, threads: int = 1) -> None:
        super().__init__(folder, on, parts)
        self.ctx.workspace.__dict__["pack_areas"] = _areas()
        self.ctx = Context(self.ctx.workspace, self.ctx.run_dir, threads=threads, parts=parts)
        self.facts: list[Row] = []
        self.spells: list[Row] = []

    def records(
        self, *, families: Iterable[Row], spells: Iterable[Row] = (), **given: Iterable[Row]
    ) -> None:
        """Families (`family_id`, and village, rung, climbers, cases, base_source where they are not
        the usual), ended spells of support, and whatever else was received."""
        self.facts, self.spells = list(families), list(spells)
        register = [
            {
                "family_id": one["family_id"],
                "status": "active",
                "village": one.get("village", VILLAGE),
                "head_person_id": None,
                "base_source": one.get("base_source", "dtsen"),
            }
            for one in self.facts
        ]
        self.write(families=register, **given)

    def targets(self, *rows: str, header: str = HEADER, name: str = "targets") -> Path:
        """A file of targets."""
        file = self.folder / "targets" / f"{name}.csv"
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return file

    def measure(self, policy: OnDate | None = None) -> None:
        """Run the steps of targets on what was recorded."""
        policy = policy or history_run.today(self.on)
        with Steps(self.ctx, "plan") as steps:
            steps.whole("facts", relation_of(FACTS, map(_facts, self.facts)))
            spells = relation_of(SPELLS, (tuple(s.get(c) for c in SPELLS) for s in self.spells))
            steps.whole("spells", spells)
            steps.whole(
                "exits",
                "SELECT family_id, person_id, programme, exit, valid_to AS on_date, source, "
                f"source_id FROM {spells} WHERE exit IS NOT NULL",
            )
            events = received(steps, "events", EVENT, where="latest")
            steps.whole("graduations", graduations_sql(policy, events, steps.scan("spells")))
            write_targets(steps, policy)

    def pace(self, measure: str, **where: object) -> Row:
        """The one row of `pace` of a measure: of 2026 and all areas, or as said."""
        wanted = {"year": 2026, "level": "country", "programme": "", "exits": "", **where}
        found = [
            row
            for row in self.rows("pace")
            if row["measure"] == measure and all(row[c] == v for c, v in wanted.items())
        ]
        assert len(found) == 1, found
        return found[0]


VILLAGE = "1811052001"


def _facts(one: Row) -> tuple[object, ...]:
    climbers, cases = one.get("climbers", 1), one.get("cases", 0)
    low, high = (0, 2) if climbers is None else (climbers, climbers)
    village = one.get("village", VILLAGE)
    return (one["family_id"], village, one.get("rung", "protection"), low, high, cases, cases)


def families(many: int, village: str = VILLAGE, **given: object) -> list[Row]:
    """So many families in a village, called by it."""
    return [{"family_id": f"F{village}{n:04d}", "village": village, **given} for n in range(many)]


def worker(id_: str, area: str, pilar: str = "pkh_companion", **given: object) -> Row:
    """A worker on duty."""
    return {"worker": id_, "pilar": pilar, "area": area, "caseload": None, **given}


def visit(family_id: object, worker: str, on: date | None, **given: object) -> Row:
    """A complete routine visit."""
    said = {"purpose": "routine", "result": "complete" if on else None, "planned_on": on}
    return {"family_id": family_id, "worker": worker, "on_date": on, **said, **given}


def move(family_id: object, on: date, rung: str, exit_: str | None = None, **given: object) -> Row:
    """A move of a family on the ladder."""
    said = {"event": "rung_move", "rung": rung, "exit": exit_, "track": None, "shock": None}
    return {"family_id": family_id, "person_id": None, "on_date": on, **said, "by": None,
            "recorded_on": None, **given}  # fmt: skip


def event(family_id: object, on: date, kind: str, **given: object) -> Row:
    """Any other event."""
    return {**move(family_id, on, ""), "event": kind, "rung": None, **given}
