"""What open tables can count: each a relation of a village, a family, values and measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from tangga.engine import tables
from tangga.engine.area_tree import area_tree
from tangga.engine.catalogue import Run
from tangga.engine.plan.decisions import kept_view, quoted
from tangga.engine.plan.rows import relation_of
from tangga.engine.received import received, was_received
from tangga.engine.runner import Steps
from tangga.engine.statements import template
from tangga.rules.days import years_before
from tangga.rules.on_date import OnDate

STAGE = "publish"
REHABILITATION = "rehabilitation"
"""The focus of programmes, the rung and the track of which only the case team sees who is on it."""
RECEIVES = "receives_"
MONEY = 1_000_000
"""Sums of money are looked at in millions: numbers of a size that a solver holds."""


@dataclass(frozen=True)
class Seen:
    """What is looked at: a run, or a piece of it, which has the rows of some families."""

    steps: Steps
    run: Run


@dataclass(frozen=True)
class Counted:
    """Something to count.

    relation: SQL with one row of `area, family`, its values as text, and its measures; None where
    the run has nothing to count. each: columns of which every value has a table of its own.
    measures: name -> the unit that its intervals are told in (1: whole numbers). hidden: values of
    `each` that are told of wide areas only. one_row: a family has one row (of each of `each`).
    case: all of it is told of wide areas only. by_family: each row is of a family of the plan, so
    that pieces of a run add up to it. unknown: whether a value of `by` is
    one that nobody can know of a value of `each`: a row of nothing is then left away, not zero.
    """

    relation: Callable[[Seen, OnDate], str | None]
    measures: Mapping[str, int]
    each: tuple[str, ...] = ()
    hidden: Callable[[OnDate], frozenset[str]] = lambda _: frozenset()
    one_row: bool = False
    case: bool = False
    by_family: bool = False
    unknown: Callable[[Steps], Callable[[str, str], bool]] = lambda _: lambda _each, _by: False


def case_programmes(today: OnDate) -> frozenset[str]:
    """The programmes of rehabilitation."""
    return frozenset(
        name for name, (one, _) in today.programmes.items() if one.focus == REHABILITATION
    )


def _there(steps: Steps, *names: str) -> bool:
    return all(tables.exists(steps.ctx.run_dir / name) for name in names)


def _plan(seen: Seen, *names: str) -> dict[str, str]:
    return {name: seen.run.scan("plan", name) for name in names}


def _homes(steps: Steps) -> str:
    return received(steps, "families", {"family_id": "VARCHAR", "village": "VARCHAR"})


def _in_bands(value: str, bands: Iterable[Mapping[str, Any]]) -> str:
    """The id of the band that a number is in."""
    each = [
        f"WHEN {value} < {band['below']} THEN {quoted(band['id'])}"
        if band["below"] is not None
        else f"ELSE {quoted(band['id'])}"
        for band in bands
    ]
    return f"CASE {' '.join(each)} END"


def _families(seen: Seen, today: OnDate) -> str | None:
    steps = seen.steps
    if not _there(steps, "plan/facts", "plan/family_history", "plan/family_clock", "rank/ranking"):
        return None
    return template(STAGE, "families").substitute(
        _plan(seen, "facts", "person_facts", "family_history", "family_clock"),
        families=_homes(steps),
        ranking=steps.ctx.scan("rank", "ranking"),
        hidden=REHABILITATION,
        clock=_in_bands("c.months_protected", today.settings[STAGE].says["clock"]),
    )


def _people(seen: Seen, today: OnDate) -> str | None:
    steps = seen.steps
    if not _there(steps, "plan/facts", "plan/person_facts", "rank/ranking"):
        return None
    columns = {"person_id": "VARCHAR", "sex": "VARCHAR", "birth_date": "DATE"}
    columns |= {"birth_year": "INTEGER", "birth_month": "INTEGER"}
    bands = today.settings[STAGE].says["age"]
    return template(STAGE, "people").substitute(
        _plan(seen, "facts", "person_facts"),
        families=_homes(steps),
        persons=received(steps, "persons", columns),
        ranking=steps.ctx.scan("rank", "ranking"),
        oldest=_age_band("s.first_day", bands, today.day),
        youngest=_age_band("s.last_day", bands, today.day),
    )


def _age_band(born: str, bands: Iterable[Mapping[str, Any]], day: date) -> str:
    """The band of an age, by the days on which its bounds are reached (as the rules do it)."""
    each = [
        f"WHEN {born} > DATE '{years_before(day, int(band['below']))}' THEN {quoted(band['id'])}"
        if band["below"] is not None
        else f"WHEN {born} IS NOT NULL THEN {quoted(band['id'])}"
        for band in bands
    ]
    return f"CASE {' '.join(each)} END"


FITS = "fits"
BY_LIST = ("determined", "waiting")
"""States of a family in a programme that a list of recipients alone can tell apart."""


_LISTED: WeakKeyDictionary[Steps, frozenset[str]] = WeakKeyDictionary()


def listed(steps: Steps) -> frozenset[str]:
    """The programmes of which the run holds a list of recipients, or a recipient of any kind: of
    the others nobody knows who receives them, nor who waits."""
    if steps not in _LISTED:  # three tables ask, and each answer looks at every decision
        _LISTED[steps] = _listed(steps)
    return _LISTED[steps]


def _listed(steps: Steps) -> frozenset[str]:
    run = Run(steps.ctx.run_dir)
    found = {row[0] for row in steps.fetch(
        f"SELECT DISTINCT programme FROM ({kept_view(run, 'decisions')}) "
        "WHERE determination = 'determined'"
    )}  # fmt: skip
    for name in ("family_history", "person_history"):
        if tables.exists(steps.ctx.table("plan", name)):
            columns = run.columns("plan", name)
            found |= {one.removeprefix(RECEIVES) for one in columns if one.startswith(RECEIVES)}
    return frozenset(found)


def _unlisted(steps: Steps) -> Callable[[str, str], bool]:
    """Whether a state is one that cannot be known of a programme."""
    known = listed(steps)
    return lambda programme, state: state in BY_LIST if programme not in known else state == FITS


def _programmes(seen: Seen, today: OnDate) -> str | None:
    steps = seen.steps
    if not _there(steps, "plan/facts") or not today.programmes:
        return None
    return template(STAGE, "programmes").substitute(
        _plan(seen, "facts"),
        listed=_texts(sorted(listed(steps))),
        families=_homes(steps),
        programmes=relation_of({"programme": "VARCHAR"}, [(one,) for one in today.programmes]),
        decisions=kept_view(seen.run, "decisions"),
    )


def _payments(seen: Seen, today: OnDate) -> str | None:
    steps = seen.steps
    if not was_received(steps, "payments"):
        return None
    columns = {"family_id": "VARCHAR", "programme": "VARCHAR", "period_start": "DATE"}
    columns |= {"amount": "BIGINT", "status": "VARCHAR", "latest": "BOOLEAN"}
    return template(STAGE, "payments").substitute(
        families=_homes(steps),
        payments=received(steps, "payments", columns),
        arrived=_texts(today.clock.says["payment_counts"]),
        hidden=_texts(sorted(case_programmes(today))),
    )


def _cases(seen: Seen, today: OnDate) -> str | None:
    steps = seen.steps
    if not was_received(steps, "cases"):
        return None
    columns = {"person_id": "VARCHAR", "family_id": "VARCHAR", "latest": "BOOLEAN"}
    columns |= {"kind": "VARCHAR", "state": "VARCHAR", "opened": "DATE", "closed": "DATE"}
    return template(STAGE, "cases").substitute(
        cases=received(steps, "cases", columns),
        persons=received(steps, "persons", {"person_id": "VARCHAR", "village": "VARCHAR"}),
        kinds=_texts(today.clock.says[REHABILITATION]),
        over=_texts(today.clock.says["case_over"]),
        on=today.day,
    )


def _readiness(seen: Seen, _today: OnDate) -> str | None:
    steps = seen.steps
    if not _there(steps, "plan/family_readiness", "plan/facts"):
        return None
    names = _plan(seen, "facts", "family_readiness")
    return template(STAGE, "readiness").substitute(names, families=_homes(steps))


def small_measures(today: OnDate) -> frozenset[str]:
    """The measures of the pilar behind which few people stand: cases, conflict."""
    pilar = today.settings.get("pilar")
    listed = pilar.says["measure"] if pilar is not None else ()
    return frozenset(one["id"] for one in listed if one["small_cells"])


def _achievement(seen: Seen, today: OnDate) -> str | None:
    steps = seen.steps
    if not _there(steps, "plan/achievement"):
        return None
    return template(STAGE, "achievement").substitute(
        _plan(seen, "achievement"),
        narrowest=list(area_tree(steps.ctx.workspace.pack_areas).levels)[-1],
        small=_texts(sorted(small_measures(today))),
    )


def _texts(values: Iterable[str]) -> str:
    return ", ".join(map(quoted, values)) or "NULL"


COUNTED: dict[str, Counted] = {
    "families": Counted(_families, {"families": 1, "people": 1}, one_row=True, by_family=True),
    "people": Counted(_people, {"people": 1}, by_family=True),
    "programmes": Counted(
        _programmes,
        {"families": 1},
        ("programme",),
        case_programmes,
        one_row=True,
        by_family=True,
        unknown=_unlisted,
    ),
    "payments": Counted(_payments, {"payments": 1, "paid": MONEY}),
    "cases": Counted(_cases, {"people_in_rehabilitation": 1}, case=True),
    "readiness": Counted(_readiness, {"families": 1}, ("measure",), one_row=True, by_family=True),
    "achievement": Counted(
        _achievement, {"achieved": 1}, ("year", "pilar", "measure"), one_row=True
    ),
}
"""Name in publish.toml -> what is counted."""
SMALLER = {"families": "people"}
"""A measure that never exceeds another of the same area and values."""
