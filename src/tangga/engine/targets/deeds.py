"""What was recorded that any measure counts: `deeds`, from visits, moves, cases, month by month.

Each kind of measure is one SELECT, `sql/plan/measure_KIND.sql`: on_date, village, worker, done
(NULL: not known), unit, state, programme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tangga.engine.plan.clock import codes
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.statements import statement
from tangga.engine.received import was_received
from tangga.engine.runner import Steps
from tangga.engine.targets.files import Key
from tangga.engine.targets.records import Records
from tangga.engine.targets.rows import TEXT, write_rows
from tangga.engine.targets.settings import BY_WORKER, GRADUATIONS, RECORDS, Measure, Pilars
from tangga.engine.targets.workers import Worker
from tangga.rules.clock_settings import Clock
from tangga.rules.on_date import OnDate

DEEDS, CLIMBED = "deeds", "climbed"


def write_deeds(
    steps: Steps, today: OnDate, pilars: Pilars, keys: Iterable[Key], records: Records
) -> None:
    """Write scratch `climbed` and `deeds`. keys: of the targets, which may ask for other exits and
    for programmes."""
    keys = list(keys)
    ends = ["", *sorted({key.exits for key in keys if key.exits})]
    programmes = sorted({key.programme for key in keys if key.programme})
    kinds = _Kinds(steps, today, pilars, records, programmes)
    for number, exits in enumerate(ends):
        kinds.write_climbed(number, exits)
    selects = [
        statement("deeds", measure=quoted(measure.id), exits=quoted(exits), select=select)
        for measure in pilars.measures.values()
        if known(steps, measure)
        for exits, select in kinds.selects(measure, ends)
    ]
    none = kinds.nothing()
    steps.whole(DEEDS, " UNION ALL ".join([none, *selects]), scratch=True)
    steps.drop(*(f"{CLIMBED}_{number}" for number in range(len(ends))))


def known(steps: Steps, measure: Measure) -> bool:
    """Whether this run received what a measure is computed from."""
    return all(was_received(steps, kind) for kind in RECORDS[measure.kind])


@dataclass
class _Kinds:
    """The SELECTs of measures."""

    steps: Steps
    today: OnDate
    pilars: Pilars
    records: Records
    programmes: list[str]

    def nothing(self) -> str:
        """No deed, with the columns of one."""
        return (
            "SELECT '' AS measure, '' AS exits, 0::BIGINT AS year, 0::BIGINT AS month, "
            "'' AS village, '' AS worker, '' AS programme, '' AS unit, 0::BIGINT AS achieved, "
            "0::BIGINT AS of, 0::BIGINT AS unknown, 0::BIGINT AS lasted, 0::BIGINT AS fell, "
            "0::BIGINT AS too_early WHERE FALSE"
        )

    def write_climbed(self, number: int, exits: str) -> None:
        """Scratch `climbed_NUMBER`: ends of support of these kinds; '': those that count."""
        counted = tuple(exits.split()) or self.pilars.counts
        sql = statement(
            CLIMBED,
            events=self.records.events,
            ends=self.steps.scan("exits"),
            exits=codes(counted),
            counts=codes(self.pilars.counts),
            graduated=str(bool(set(counted) & set(self.pilars.counts))).upper(),
            months=self._stands,
            visits=self._caring_visits(),
            caring=self._caring,
            families=self.records.families,
            graduations=self.steps.scan("graduations"),
            day=self.records.day,
        )
        self.steps.whole(f"{CLIMBED}_{number}", sql, scratch=True)

    @property
    def _stands(self) -> int:
        return int(self.today.notice.says["stands_months"])

    @property
    def _caring(self) -> str:
        """Workers of the pilar that work by families."""
        pilars = codes(tuple(p.code for p in self.pilars.pilars.values() if p.families))
        listed = self.steps.scan("worker_list")
        return f"(SELECT DISTINCT worker FROM {listed} WHERE pilar IN ({pilars}))"

    def _caring_visits(self) -> str:
        """Their visits that say who cares for a family."""
        not_by = codes(self.pilars.says["not_companion"])
        return (
            f"(SELECT v.* FROM {self.records.visits} AS v SEMI JOIN {self._caring} AS w "
            f"ON w.worker = v.worker WHERE coalesce(v.aim NOT IN ({not_by}), TRUE))"
        )

    def selects(self, measure: Measure, ends: list[str]) -> Iterator[tuple[str, str]]:
        """(exits, SELECT) of a measure: one for each choice of exits where it counts them."""
        numbers = range(len(ends)) if measure.kind == GRADUATIONS else range(1)
        for number in numbers:
            climbed = self.steps.scan(f"{CLIMBED}_{number}")
            yield (
                ends[number],
                statement(f"measure_{measure.kind}", **self._given(measure, climbed)),
            )

    def _given(self, measure: Measure, climbed: str) -> Mapping[str, object]:
        """All that a SELECT may ask for; those of other kinds do not."""
        says, own = self.pilars.says, measure.says
        clock = Clock.of(self.today.clock.says)
        records = self.records
        contributes = measure.kind == "contribution"
        programmes = self.programmes if measure.kind == GRADUATIONS else own["programmes"]
        return {
            "day": records.day,
            "visits": records.visits,
            "events": self._events(measure),
            "families": records.families,
            "cases": records.cases,
            "assessments": records.assessments,
            "assessments_of": codes(own["assessments"]),
            "payments": records.payments,
            "moves": self._moves(own["rung"]),
            "acts": self._acts(),
            "climbed": climbed,
            "spells": self.steps.scan("spells"),
            "revisits": self.steps.scan("revisits"),
            "months": says["contribution_months"] if contributes else self._stands,
            "programmes": codes(tuple(programmes)) or "''",
            "paid": codes(clock.payment_counts),
            "failed": codes(clock.payment_fails),
            "states": codes(own["states"]),
            "purposes": f"aim IN ({codes(own['purposes'])})" if own["purposes"] else "TRUE",
            "complete": codes(says["complete"]),
            "made": codes(says["made"]),
            "days": says["schedule_days"] if _planned(measure) else own["days"],
            "report_day": says["report_day"],
            "of": "family_id" if own["of"] == "family" else "person_id",
        }

    def _events(self, measure: Measure) -> str:
        """Events of the kinds that a measure names; shocks among them of its kinds of shock."""
        where = ["TRUE"]
        if measure.says["events"]:
            where.append(f"event IN ({codes(measure.says['events'])})")
        if measure.says["shocks"]:
            where.append(f"(event <> 'shock' OR shock IN ({codes(measure.says['shocks'])}))")
        return f"(SELECT * FROM {self.records.events} WHERE {' AND '.join(where)})"

    def _moves(self, rung: str) -> str:
        return (
            f"(SELECT * FROM {self.records.events} WHERE event = 'rung_move' "
            f"AND rung = {quoted(rung)})"
        )

    def _acts(self) -> str:
        """Who met a family when: `family_id, worker, on_date`."""
        records = self.records
        return (
            f"(SELECT family_id, worker, on_date FROM {records.visits} WHERE on_date IS NOT NULL "
            f"UNION ALL SELECT family_id, worker, on_date FROM {records.events} "
            f"UNION ALL SELECT family_id, worker, on_date FROM {records.assessments} "
            f"UNION ALL SELECT family_id, worker, opened FROM {records.cases})"
        )


def _planned(measure: Measure) -> bool:
    return measure.kind in ("visits_kept", "visits_on_schedule")


def write_who(steps: Steps, pilars: Pilars, workers: Iterable[Worker]) -> None:
    """Write scratch `who`: measure, worker, pilar: for which pilar a worker's deeds count there."""
    found: dict[tuple[str, str], str] = {}
    for one in sorted(workers, reverse=True):
        for measure in pilars.measures.values():
            if one.pilar in measure.pilar:
                found[measure.id, one.id] = one.pilar
    rows = [(measure, worker, pilar) for (measure, worker), pilar in sorted(found.items())]
    write_rows(steps, "who", {"measure": TEXT, "worker": TEXT, "pilar": TEXT}, rows, scratch=True)


def counts_sql(pilars: Pilars) -> str:
    """A relation of `measure, pilar, by_worker, shared`: for which pilar a measure is counted, ''
    for all of several together."""
    rows = [
        (measure.id, pilar, int(measure.kind in BY_WORKER), int(not measure.counted))
        for measure in pilars.measures.values()
        for pilar in (*measure.pilar, *([""] if len(measure.pilar) > 1 else []))
    ]
    columns = {"measure": "VARCHAR", "pilar": "VARCHAR", "by_worker": "BOOLEAN"}
    return relation_of({**columns, "shared": "BOOLEAN"}, rows)
