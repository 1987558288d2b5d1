"""The tables of a run that `tangga show` and `tangga export` know by name.

Most are the Parquet folder of a stage as it stands; some are views, rendered from compact
tables when somebody asks. A table that is not listed here is still reachable as STAGE/TABLE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet

from tangga.engine import tables
from tangga.errors import UserError


@dataclass(frozen=True)
class Run:
    """A finished run as a view sees it."""

    folder: Path

    def scan(self, stage: str, table: str) -> str:
        """A table of this run as something to SELECT from; UserError where it is not there."""
        folder = self.folder / stage / table
        if not tables.exists(folder):
            raise UserError(
                f"the last complete run has no table {table}: it ended before the stage {stage}, "
                "or nothing it rests on was received",
                todo="Run `tangga show DIR` to see which tables there are",
            )
        return tables.scan(folder)

    def has(self, stage: str, table: str) -> bool:
        """Whether this run has a table."""
        return tables.exists(self.folder / stage / table)

    def columns(self, stage: str, table: str) -> list[str]:
        """The columns of a table of this run, in order."""
        self.scan(stage, table)
        first = min((self.folder / stage / table).glob("part-*.parquet"))
        return list(pyarrow.parquet.read_schema(first).names)


@dataclass(frozen=True)
class Exported:
    """One table by name.

    stage: whose folder it stands in. row: what one row is.
    view: makes the SELECT of a table that is rendered on demand; None: the folder as it stands.
    of: the table of the stage that a view rests on, where that has another name.
    """

    stage: str
    row: str
    view: Callable[[Run], str] | None = None
    of: str | None = None


def _links(run: Run) -> str:
    # Not above: it loads scipy, which `tangga show` of another table need not wait for.
    from tangga.engine.link.view import links_view

    return links_view(run.scan, _weights(run))


def _weights(run: Run) -> list[str]:
    return [name for name in run.columns("link", "links") if name.startswith("w_")]


def _review_queue(run: Run) -> str:
    from tangga.engine.link.queue import queue_view
    from tangga.engine.link.view import keyed_view

    return queue_view(run, keyed_view(run.scan, _weights(run)))


def _provenance(run: Run) -> str:
    from tangga.engine.resolve.provenance import provenance_view

    return provenance_view(run)


def _kept(name: str) -> Callable[[Run], str]:
    """A view of the stage `plan`: its SELECT was kept with the run."""

    def view(run: Run) -> str:
        from tangga.engine.plan.decisions import kept_view

        return kept_view(run, name)

    return view


def _person_months(run: Run) -> str:
    from tangga.engine.plan.month_view import person_months_view

    return person_months_view(run.scan("plan", "person_clock"), run.columns("plan", "person_clock"))


def _of_ranks(name: str) -> Callable[[Run], str]:
    """A view of the stage `rank`."""

    def view(run: Run) -> str:
        from tangga.engine.rank import views

        made: str = getattr(views, name)(run)
        return made

    return view


def _attached(row: str) -> Exported:
    """Rows of another kind as standardised, with the person and family they speak of."""
    return Exported("resolve", row)


TABLES: dict[str, Exported] = {
    "files": Exported("ingest", "one file received, with its hash and its counts"),
    "quarantine": Exported("standardise", "one source row that could not stand, with its text"),
    "problems": Exported("standardise", "one warning or error about a value"),
    "records": Exported("standardise", "one source record of a person, in the register's words"),
    "links": Exported("link", "one link accepted, possible or ruled out", view=_links),
    "review_queue": Exported(
        "resolve", "one pair for a clerk, the most valuable first", _review_queue, "crosswalk"
    ),
    "rulings_check": Exported("link", "one clerk's ruling, and what the evidence says now"),
    "crosswalk": Exported("resolve", "one source record and the person and family it belongs to"),
    "persons": Exported("resolve", "one person"),
    "families": Exported("resolve", "one family"),
    "memberships": Exported("resolve", "one person's time in one family"),
    "lineage": Exported("resolve", "one merge, split or retirement of an id"),
    "provenance": Exported(
        "resolve",
        "one value of one person or family, and where it is from",
        _provenance,
        "won",
    ),
    "civil_matches": Exported("resolve", "one person as the civil registry knows them"),
    "deaths": Exported("resolve", "one person who died by exact evidence, and that evidence"),
    "death_review": Exported("resolve", "one possible death, for a clerk"),
    "without_papers": Exported("resolve", "one person for the civil registry's list"),
    "base_differences": Exported("resolve", "one person whose family the base groups otherwise"),
    "proposals": Exported("resolve", "one local value that differs from the base's"),
    "event_review": Exported("resolve", "one event that could not be applied, for a clerk"),
    "survivorship": Exported("resolve", "one column, and the rule by which its values are chosen"),
    "family_facts": _attached("one source row about a family's dwelling, assets and the rest"),
    "rankings": _attached("one official decile"),
    "events": _attached("one event"),
    "enrolments": _attached("one spell in a programme"),
    "payments": _attached("one payment"),
    "assessments": _attached("one assessment of a person"),
    "visits": _attached("one visit to a family"),
    "cases": _attached("one case of rehabilitation"),
    "groups": _attached("one joint business group, or a member of one"),
    "workers": _attached("one worker"),
    "corrections": _attached("one accepted correction"),
    "applied_corrections": Exported("resolve", "one correction that decides a value of this run"),
    "ranking": Exported("rank", "one family, and its official decile"),
    "releases": Exported("rank", "one release of official ranks that a source has"),
    "rank_history": Exported("rank", "one family and release, and its official decile there"),
    "rank_changes": Exported(
        "rank", "one family whose decile differs from the release before", _of_ranks("changes_view")
    ),
    "rank_changes_by_area": Exported(
        "rank",
        "one village and programme, and how many moved since the release before",
        _of_ranks("changes_by_area_view"),
        "rank_changes",
    ),
    "unranked": Exported(
        "rank",
        "one family without an official decile, and why",
        _of_ranks("unranked_view"),
        "ranking",
    ),
    "ranks_without_family": Exported("rank", "one row of a release that no family was found for"),
    "rank_review": Exported("rank", "one row of a release that disagrees, or cannot be read"),
    "coverage": Exported("rank", "one list and village, and how many families the register lacks"),
    "coverage_missing": Exported("rank", "one family on a list that the register lacks"),
    "model_facts": Exported("rank", "one family, and what the welfare model asks of it"),
    "model_gaps": Exported("rank", "one thing that the model asks, and how many lack it"),
    "decisions": Exported(
        "plan", "one family (or person) and programme: verdict and why", _kept("decisions"), "facts"
    ),
    "moves": Exported(
        "plan", "one family's place on the ladder, or one due move", _kept("moves"), "facts"
    ),
    "facts": Exported("plan", "one family, with every fact that a rule reads"),
    "person_facts": Exported("plan", "one person in a family, with the same"),
    "components": Exported("plan", "one person and component of a programme, within its limits"),
    "benefits": Exported("plan", "one family (or person) and programme, and what it gives a year"),
    "determined": Exported("plan", "one family (or person) and programme that support runs for"),
    "spells": Exported("plan", "one spell of support"),
    "exits": Exported("plan", "one recorded end: of a spell of support, or with a move"),
    "person_clock": Exported("plan", "one person and how many months of support count for them"),
    "person_months": Exported(
        "plan", "one person and one month that counts for them", _person_months, "person_clock"
    ),
    "family_clock": Exported("plan", "one family and its months of support, in both readings"),
    "waiting": Exported(
        "plan", "one place in the waiting list of a programme and area", _kept("waiting"), "waits"
    ),
    "visits_asked": Exported(
        "plan", "one family to visit, and what to ask there", _kept("visits_asked"), "to_visit"
    ),
    "mismatches": Exported("plan", "one running support that the rule of the day does not fit"),
    "near_cap": Exported("plan", "one family with support that nears the cap, or has passed it"),
    "cap_queue": Exported("plan", "one family at the cap that waits for a dated decision"),
    "announced_moves": Exported("plan", "one move that would be due, were its rule in force"),
    "notices": Exported("plan", "one letter about an adverse move"),
    "objections": Exported("plan", "one objection, and the letter that it is about"),
    "early_moves": Exported("plan", "one adverse act made before its notice period ended"),
    "signals": Exported("plan", "one sign that running support may rest on wrong data"),
    "rank_indications": Exported(
        "plan", "one sign that a family's official decile is wrong, to be sent up"
    ),
    "payees": Exported("plan", "one running support whose payee must change, and who should be"),
    "payments_after_death": Exported("plan", "one payment for a time after a death"),
    "arrears": Exported("plan", "one stop that was undone, and what is owed for it"),
    "cap_ends": Exported("plan", "one running support of a family at the cap: it ends, or goes on"),
    "due_ends": Exported("plan", "one spell of support that has come to its end"),
    "graduations": Exported("plan", "one graduation, and whether it lasted"),
    "cohorts": Exported("plan", "one family over the cap at the start, and its round"),
    "standing": Exported(
        "plan", "since when something stands or stood: due, in a queue; who waited"
    ),
    "target_basis": Exported("plan", "one area, and the families that its targets rest on"),
    "graduable": Exported("plan", "one family that can graduate, and who cares for it"),
    "assignments": Exported("plan", "one family in care, and its worker"),
    "worker_load": Exported("plan", "one worker on duty, and how many families they have"),
    "worker_gaps": Exported("plan", "one area that lacks workers of a pilar"),
    "revisits": Exported("plan", "one family drawn to be visited again, by another worker"),
    "targets": Exported("plan", "one target of an area or worker: set, spread or summed"),
    "achievement": Exported("plan", "one month and area or worker: what was achieved"),
    "pace": Exported("plan", "one area or worker and year: target and achievement"),
    "budget_lines": Exported("plan", "one figure of money that an office wrote, or agreed to"),
    "budget_tree": Exported(
        "plan", "one area, scope, source of funds and measure: its figure, what lies inside it"
    ),
    "owed": Exported("plan", "one kind of support and payment period, and what is owed for it"),
    "reconciliation": Exported("plan", "one row of a payment file, and what became of it"),
    "reconciliation_totals": Exported(
        "plan", "the payments of one file, programme, period and state, to the rupiah"
    ),
    "unpaid": Exported("plan", "one family (or person) and period with less received than owed"),
    "absorption": Exported("plan", "one area, programme, year, source: budget; paid and owed"),
    "foci": Exported("plan", "one area, focus, year and source: its money; its people"),
    "plan_lines": Exported("plan", "one line of the plan, as it stands"),
    "plan_line_versions": Exported("plan", "one version of a line of the plan"),
    "overdue_lines": Exported("plan", "one overdue line of the plan, and an area that it shows to"),
    "family_readiness": Exported("plan", "one family, as the readiness of its village counts it"),
    "readiness": Exported("plan", "one village, and how ready its data are"),
    "repairs": Exported(
        "plan", "one thing to repair in the data of a village, the most valuable first"
    ),
    "capacity": Exported("plan", "one area and programme: places, taken, planned"),
    "capacity_hours": Exported("plan", "one worker, and the hours left"),
    "capacity_order": Exported("plan", "one family: where it goes when, or what is missing"),
    "outcomes": Exported("plan", "one year, area and measure: survey beside target"),
}


def found(run: Path) -> list[tuple[str, str]]:
    """(stage, table) of every table in a run's folder, sorted."""
    folders = (f for s in sorted(run.iterdir()) if s.is_dir() for f in sorted(s.iterdir()))
    return [(f.parent.name, f.name) for f in folders if f.is_dir() and tables.exists(f)]


def listing(run: Path) -> list[tuple[str, str]]:
    """(name, what one row is) of every table of a run that can be shown or exported."""
    there = found(run)
    named = [(n, t.row) for n, t in TABLES.items() if (t.stage, t.of or n) in there]
    taken = {(t.stage, n) for n, t in TABLES.items()}
    return named + [(f"{s}/{n}", "") for s, n in there if (s, n) not in taken]


def relation(run: Path, name: str) -> str:
    """A SELECT that gives every row of a table of a run; UserError where there is none."""
    known = TABLES.get(name)
    if known is not None and known.view is not None:
        return known.view(Run(run))
    stage, table = _place(run, name)
    return f"SELECT * FROM {Run(run).scan(stage, table)}"


def _place(run: Path, name: str) -> tuple[str, str]:
    if name in TABLES:
        return TABLES[name].stage, name
    there = found(run)
    fits = [(s, n) for s, n in there if name in (n, f"{s}/{n}")]
    if len(fits) == 1:
        return fits[0]
    names = ", ".join(f"{s}/{n}" for s, n in fits) or ", ".join(n for n, _ in listing(run))
    what = "stands in several stages" if fits else "no such table in this run"
    raise UserError(what, value=name, todo=f"Choose one of: {names}")
