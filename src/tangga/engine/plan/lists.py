"""Lists for officers: who waits, who is to be visited, who receives outside the rule, the cap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tangga.engine.plan import asked
from tangga.engine.plan.arrears import write_arrears
from tangga.engine.plan.cut import of_family
from tangga.engine.plan.decisions import answers, quoted, whole
from tangga.engine.plan.ladder import DUE
from tangga.engine.plan.objections import OBJECTED
from tangga.engine.plan.payee import write_payees
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.statements import statement
from tangga.engine.plan.waiting import (
    UNKNOWN_RANK,
    candidates_sql,
    ordered_sql,
    waiting_lists,
)
from tangga.engine.received import received
from tangga.engine.runner import Part, Steps
from tangga.rules.exits_sql import at_cap_sql, due_ends_sql, graduations_sql
from tangga.rules.ladder import NO_RUNG, acts
from tangga.rules.ladder_sql import family_signals_sql, person_signals_sql
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.on_date import OnDate
from tangga.rules.policy import IN_FORCE, Dated, Move, MoveRule
from tangga.rules.to_sql import LOW

MOVES = {
    "family_id": "VARCHAR",
    "event": "VARCHAR",
    "on_date": "DATE",
    "track": "VARCHAR",
    "rung": "VARCHAR",
    "exit": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
}
START = "protection"
"""The rung of a family before its first recorded move, where support was running."""
NO_ONE = "SELECT NULL::VARCHAR AS programme, NULL::VARCHAR AS family_id, NULL::VARCHAR AS person_id"


def write_candidates(steps: Steps, today: OnDate) -> None:
    """Who stands in each list, before it is known since when: what the ledger writes down."""
    _waiting_candidates(steps, today)
    steps.whole("misfits", _misfits(steps, today), scratch=True)
    steps.whole("at_cap", _at_cap(steps, today), scratch=True)
    _asked(steps, today)


def stands(steps: Steps, today: OnDate) -> Iterator[str]:
    """SELECTs of (what, subject) of all that stands on the day."""
    scan, subject = steps.scan, "coalesce(person_id, family_id)"
    yield f"SELECT 'waiting/' || programme, subject FROM {scan('candidates')}"
    yield f"SELECT 'mismatch/' || programme, {subject} FROM {scan('misfits')}"
    yield f"SELECT 'due/' || move, {subject} FROM {scan(DUE)}"
    yield f"SELECT 'cap_queue', family_id FROM {scan('at_cap')}"
    yield f"SELECT 'visit/' || why, family_id FROM {scan('asked')}"


def write_lists(steps: Steps, today: OnDate, since: str) -> None:
    """Write the lists. since: the ledger of the day."""
    write_waiting(steps, today, since)
    scan = steps.scan
    facts = scan("facts")
    given = {"facts": facts, "since": since, "due": scan(DUE)}
    steps.whole("cap_queue", statement("cap_queue", **given))
    steps.whole("near_cap", _near_cap(steps, today))
    mismatches = {"determined": scan("determined"), "misfits": scan("misfits")}
    steps.whole("mismatches", statement("mismatches", facts=facts, since=since, **mismatches))
    steps.whole("to_visit", _visits(steps, today, since))
    events = received(steps, "events", MOVES, where="latest")
    steps.whole("early_moves", _early_moves(steps, today, events))
    steps.whole("graduations", f"{graduations_sql(today, events, scan('spells'))} ORDER BY ALL")
    steps.whole("signals", _signals(steps, today))
    write_payees(steps, today)
    steps.whole("due_ends", _due_ends(steps, today))
    steps.whole("cap_ends", _cap_ends(steps, today))
    write_arrears(steps, today)


# --- waiting ----------------------------------------------------------------------------------


def _waiting_candidates(steps: Steps, today: OnDate) -> None:
    lists = waiting_lists(today)

    def sql(part: Part) -> str:
        cut, names = of_family(part, "v.family_id"), today.facts.names
        each = [
            candidates_sql(
                one, _verdicts(steps, one[0].unit), steps.scan("facts"), steps.scan("determined"),
                names, cut,
            )
            for one in lists
        ]  # fmt: skip
        return " UNION ALL ".join(each) or f"{NO_ONE}, NULL::VARCHAR AS subject WHERE FALSE"

    steps.parts("candidates", sql)


def write_waiting(steps: Steps, today: OnDate, since: str) -> None:
    """Write `waiting`, programme by programme: each order is worked out on its own."""
    lists, candidates = waiting_lists(today), steps.scan("candidates")

    def sql(part: Part) -> str:
        if part.of == 1:
            ordered = [f"({ordered_sql(one, candidates, since, today.day)})" for one in lists]
            return " UNION ALL ".join(ordered) or f"{NO_ONE} WHERE FALSE"
        return ordered_sql(lists[part.index], candidates, since, today.day)

    steps.parts("waiting", sql, of=max(1, len(lists)))


def _verdicts(steps: Steps, unit: str) -> str:
    return steps.scan("person_verdicts" if unit == PERSON_TABLE else "verdicts")


# --- support outside the rule -----------------------------------------------------------------


def _misfits(steps: Steps, today: OnDate) -> str:
    """Running support of whoever is known not to fit."""
    selects = []
    for programme, version in today.programmes.values():
        if version.period.status == IN_FORCE:
            of_person = programme.unit == PERSON_TABLE
            verdict = whole(answers(programme.id, version.says.requires, "v"))
            person, key = ("v.person_id", "person_id") if of_person else ("NULL", "family_id")
            selects.append(
                f"SELECT {quoted(programme.id)} AS programme, v.family_id, "
                f"{person}::VARCHAR AS person_id FROM {_verdicts(steps, programme.unit)} AS v "
                f"SEMI JOIN (SELECT * FROM {steps.scan('determined')} "
                f"WHERE programme = {quoted(programme.id)}) AS d ON d.{key} = v.{key} "
                f"WHERE ({verdict}) IS FALSE"
            )
    return " UNION ALL ".join(selects) or f"{NO_ONE} WHERE FALSE"


# --- the cap ----------------------------------------------------------------------------------


def _at_cap(steps: Steps, today: OnDate) -> str:
    """Families that the cap asks to decide about: none while it is announced only."""
    if today.cap is None or not today.cap_in_force:
        return "SELECT NULL::VARCHAR AS family_id WHERE FALSE"
    rungs = {rung for move, _ in today.moves if move.under_cap for rung in move.from_rungs}
    listed = ", ".join(quoted(rung) for rung in sorted(rungs)) or "NULL"
    return (
        f"SELECT f.family_id FROM {steps.scan('facts')} AS f "
        f"WHERE f.months_protected >= {int(today.cap.says['months'])} AND f.clock_bound_open "
        f"AND {_must_climb(today)} >= 1 AND coalesce(f.rung, '{NO_RUNG}') IN ({listed}) "
        f"AND coalesce(f.extended_until <= DATE '{today.day}', TRUE)"
    )


def _must_climb(today: OnDate) -> str:
    """How many adults are surely not exempt."""
    kind = today.facts.names.find("must_climb_adults", FAMILY_TABLE)
    if kind is None:
        return "NULL::BIGINT"
    return f"f.must_climb_adults{LOW if kind.ranged else ''}"


def _near_cap(steps: Steps, today: OnDate) -> str:
    if today.cap is None:
        return "SELECT NULL::VARCHAR AS family_id WHERE FALSE"
    says = today.cap.says
    return statement(
        "near_cap",
        facts=steps.scan("facts"),
        months=int(says["months"]),
        planning_from=int(says["planning_from"]),
        must_climb=_must_climb(today),
    )


# --- what to ask ------------------------------------------------------------------------------


def _asked(steps: Steps, today: OnDate) -> None:
    """Write `asked`, one row a family of which something is to be asked."""
    questions = asked.of_families(today)
    members = asked.of_members(questions, today)
    scan = steps.scan

    def families(part: Part) -> str:
        cut = of_family(part, "v.family_id")
        return asked.families_sql(questions, scan("verdicts"), scan("facts"), cut)

    def persons(part: Part) -> str:
        cut = of_family(part, "family_id")
        of_part = {
            name: f"(SELECT * FROM {scan(name)} WHERE {cut})"
            for name in ("asked_families", "person_facts", "facts", "person_verdicts")
        }
        return asked.members_sql(members, *of_part.values())

    steps.parts("asked_families", families, scratch=True)
    steps.parts("asked_members", persons)
    steps.whole(
        "asked",
        statement(
            "asked",
            families=scan("asked_families"),
            members=scan("asked_members"),
            unranked=f"(SELECT * FROM {scan('candidates')} WHERE queue = '{UNKNOWN_RANK}')",
            running=_not_sure(steps, today),
        ),
    )


def _not_sure(steps: Steps, today: OnDate) -> str:
    """Running support of which it is not known whether the rule still fits."""
    selects = []
    for programme, version in today.programmes.values():
        if version.period.status == IN_FORCE:
            verdict = whole(answers(programme.id, version.says.requires, "v"))
            key = "person_id" if programme.unit == PERSON_TABLE else "family_id"
            selects.append(
                f"SELECT v.family_id FROM {_verdicts(steps, programme.unit)} AS v "
                f"SEMI JOIN (SELECT * FROM {steps.scan('determined')} "
                f"WHERE programme = {quoted(programme.id)}) AS d ON d.{key} = v.{key} "
                f"WHERE ({verdict}) IS NULL"
            )
    return f"({' UNION '.join(selects) or 'SELECT NULL::VARCHAR AS family_id WHERE FALSE'})"


def _visits(steps: Steps, today: OnDate, since: str) -> str:
    days = int(today.notice.says["visit_days"])
    return statement(
        "to_visit", asked=steps.scan("asked"), facts=steps.scan("facts"), since=since, days=days
    )


# --- acts, and what contradicts running support -----------------------------------------------


def _early_moves(steps: Steps, today: OnDate, events: str) -> str:
    """Adverse moves and ends of support that were made before their notice period had ended."""
    steps_up = [
        (from_rung, move, _acts_from(today, move, rule))
        for move, rule in today.moves
        if move.subject == FAMILY_TABLE and (move.to or move.exit) and acts(today, move, rule)
        for from_rung in move.from_rungs
    ]
    return statement(
        "early_moves",
        events=events,
        notices=steps.scan("notices"),
        objected=steps.scan(OBJECTED),
        spells=steps.scan("spells"),
        adverse=_steps_of(steps_up, adverse=True),
        other=_steps_of(steps_up, adverse=False),
        start=START,
        day=f"DATE '{today.day}'",
    )


def _acts_from(today: OnDate, move: Move, rule: Dated[MoveRule]) -> date:
    """Since when a move can be due: its own version and, where it rests on the cap, that of it."""
    days = [rule.period.valid_from]
    days += [today.cap.period.valid_from] if move.under_cap and today.cap is not None else []
    return max(days)


def _steps_of(steps_up: list[tuple[str, Move, date]], *, adverse: bool) -> str:
    """What the adverse moves do, or the others; `to_rung` and `exit` are null where they do not."""
    columns = {"from_rung": "VARCHAR", "to_rung": "VARCHAR", "move": "VARCHAR", "exit": "VARCHAR"}
    rows = (
        (before, move.to or None, move.id, move.exit or None, day)
        for before, move, day in steps_up
        if move.adverse is adverse
    )
    return relation_of({**columns, "valid_from": "DATE"}, rows)


def _signals(steps: Steps, today: OnDate) -> str:
    """What contradicts running support: one row a signal, a case for an officer."""
    scan = steps.scan
    facts, persons = scan("facts"), scan("person_facts")
    dead = f"SELECT * FROM {steps.ctx.scan('resolve', 'persons')} WHERE status = 'dead'"
    spells = f"{scan('spells')} WHERE open"
    named = f"SELECT person_id FROM {spells} UNION ALL SELECT payee_person_id FROM {spells}"
    everybody = f"(SELECT * FROM {persons} UNION ALL BY NAME {dead})"
    supported = f"(SELECT * FROM {everybody} AS p WHERE person_id IN ({named}))"
    of_family = family_signals_sql(today, facts, facts)
    of_person = person_signals_sql(today, supported)
    return (
        f"SELECT * FROM ({of_family} UNION ALL {of_person}) "
        "ORDER BY family_id, person_id NULLS FIRST, signal"
    )


def _due_ends(steps: Steps, today: OnDate) -> str:
    """Spells that have come to their end: nobody, or no component, is left."""
    running = f"(SELECT * FROM {steps.scan('spells')} WHERE open)"
    persons = steps.ctx.scan("resolve", "persons")
    components, members = steps.scan("components"), steps.scan("person_facts")
    sql = due_ends_sql(today, running, components, members, persons)
    return f"SELECT * FROM ({sql}) ORDER BY family_id, programme, source, source_id"


def _cap_ends(steps: Steps, today: OnDate) -> str:
    """Of families with a due move under the cap, which running support ends by it and which not."""
    scan = steps.scan
    due = f"(SELECT DISTINCT family_id, move FROM {scan(DUE)} WHERE under_cap)"
    spells, components = (
        f"(SELECT * FROM {table} SEMI JOIN {due} AS d USING (family_id))"
        for table in (f"(SELECT * FROM {scan('spells')} WHERE open)", scan("components"))
    )
    return (
        f"SELECT d.move, a.* FROM ({at_cap_sql(today, spells, components)}) AS a "
        f"JOIN {due} AS d USING (family_id) ORDER BY family_id, programme, component, person_id"
    )
