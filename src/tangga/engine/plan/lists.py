"""Lists for officers: who waits, who is to be visited, who receives outside the rule, the cap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tangga.engine.plan.arrears import write_arrears
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.indications import write_indications
from tangga.engine.plan.ladder import DUE
from tangga.engine.plan.objections import OBJECTED
from tangga.engine.plan.outside import NOT_FITTING, write_not_fitting
from tangga.engine.plan.payee import write_payees
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.standing import SUBJECT
from tangga.engine.plan.statements import statement
from tangga.engine.plan.waiting import UNKNOWN_RANK
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.rules.exits_sql import at_cap_sql, due_ends_sql, graduations_sql
from tangga.rules.ladder import NO_RUNG, acts
from tangga.rules.ladder_sql import family_signals_sql, person_signals_sql
from tangga.rules.names import FAMILY_TABLE
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Dated, Move, MoveRule
from tangga.rules.to_sql import HIGH, LOW

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

NO_FAMILY = "SELECT NULL::VARCHAR AS family_id WHERE FALSE"


def write_candidates(steps: Steps, today: OnDate) -> None:
    """Who stands in each list, before it is known since when: what the ledger writes down."""
    write_not_fitting(steps, today)
    steps.whole("at_cap", _at_cap(steps, today), scratch=True)
    steps.whole("cap_not_known", _cap_not_known(steps, today), scratch=True)
    steps.whole("signals", _signals(steps, today))


def stands(steps: Steps, today: OnDate) -> Iterator[str]:
    """SELECTs of (what, subject) of all that stands on the day, but who waits."""
    scan, subject = steps.scan, SUBJECT.format("")
    at_cap = f"(SELECT family_id FROM {scan('cap_not_known')})"
    not_sure = f"(SELECT family_id FROM {scan(NOT_FITTING)} WHERE fits IS NULL)"
    unranked = f"(SELECT DISTINCT family_id FROM {scan('waits')} WHERE queue = '{UNKNOWN_RANK}')"
    yield f"SELECT 'mismatch/' || programme, {subject} FROM {scan(NOT_FITTING)} WHERE fits = FALSE"
    yield f"SELECT 'due/' || move, {subject} FROM {scan(DUE)}"
    yield f"SELECT 'cap_queue', family_id FROM {scan('at_cap')}"
    yield f"SELECT 'visit/cap', family_id FROM {at_cap}"
    running = f"{not_sure} ANTI JOIN {at_cap} USING (family_id)"
    yield f"SELECT 'visit/running', family_id FROM {running}"
    seen = f"(SELECT DISTINCT family_id FROM {scan('signals')} WHERE {_to_be_seen(today)})"
    signs = f"{seen} ANTI JOIN {at_cap} USING (family_id) ANTI JOIN {not_sure} USING (family_id)"
    yield f"SELECT 'visit/signal', family_id FROM {signs}"
    others = f"{unranked} ANTI JOIN {not_sure} USING (family_id)"
    others += f" ANTI JOIN {at_cap} USING (family_id) ANTI JOIN {seen} USING (family_id)"
    yield f"SELECT 'visit/unranked', family_id FROM {others}"


def _to_be_seen(today: OnDate) -> str:
    """The condition that a signal is looked at where the family lives."""
    visiting = ", ".join(quoted(signal.id) for signal, _ in today.signals if signal.visit)
    return f"acts AND signal IN ({visiting})" if visiting else "FALSE"


def write_lists(steps: Steps, today: OnDate, since: str) -> None:
    """Write the lists. since: the ledger of the day."""
    scan = steps.scan
    facts = scan("facts")
    given = {"facts": facts, "since": since, "due": scan(DUE)}
    steps.whole("cap_queue", statement("cap_queue", **given))
    steps.whole("near_cap", _near_cap(steps, today))
    misfits = f"(SELECT * FROM {scan(NOT_FITTING)} WHERE fits = FALSE)"
    mismatches = {"determined": scan("determined"), "misfits": misfits}
    steps.whole("mismatches", statement("mismatches", facts=facts, since=since, **mismatches))
    days = int(today.notice.says["visit_days"])
    steps.whole("to_visit", statement("to_visit", since=since, days=days))
    events = received(steps, "events", MOVES, where="latest")
    steps.whole("early_moves", _early_moves(steps, today, events))
    steps.whole("graduations", f"{graduations_sql(today, events, scan('spells'))} ORDER BY ALL")
    write_indications(steps, today)
    write_payees(steps, today)
    steps.whole("due_ends", _due_ends(steps, today))
    steps.whole("cap_ends", _cap_ends(steps, today))
    write_arrears(steps, today)


# --- the cap ----------------------------------------------------------------------------------


def _at_cap(steps: Steps, today: OnDate) -> str:
    """Families that the cap asks to decide about: none while it is announced only."""
    return _past_cap(steps, today, f"{_must_climb(today)} >= 1")


def _cap_not_known(steps: Steps, today: OnDate) -> str:
    """Families that the cap would ask to decide about if somebody is not exempt, which is not
    known: to be visited, for no move is due and none is ruled out."""
    if today.facts.names.find("must_climb_adults", FAMILY_TABLE) is None:
        return NO_FAMILY
    least, most = _must_climb(today), _must_climb(today, HIGH)
    # No bound is not known either.
    return _past_cap(steps, today, f"coalesce({least}, 0) < 1 AND coalesce({most}, 1) >= 1")


def _past_cap(steps: Steps, today: OnDate, adults: str) -> str:
    """Families at the cap in force without an extension, of whose adults a condition holds."""
    if today.cap is None or not today.cap_in_force:
        return NO_FAMILY
    rungs = {rung for move, _ in today.moves if move.under_cap for rung in move.from_rungs}
    listed = ", ".join(quoted(rung) for rung in sorted(rungs)) or "NULL"
    return (
        f"SELECT f.family_id FROM {steps.scan('facts')} AS f "
        f"WHERE f.months_protected >= {int(today.cap.says['months'])} AND f.clock_bound_open "
        f"AND {adults} AND coalesce(f.rung, '{NO_RUNG}') IN ({listed}) "
        f"AND coalesce(f.extended_until <= DATE '{today.day}', TRUE)"
    )


def _must_climb(today: OnDate, end: str = LOW) -> str:
    """How many adults are surely not exempt; with HIGH, how many are not surely exempt."""
    kind = today.facts.names.find("must_climb_adults", FAMILY_TABLE)
    if kind is None:
        return "NULL::BIGINT"
    return f"f.must_climb_adults{end if kind.ranged else ''}"


def _near_cap(steps: Steps, today: OnDate) -> str:
    if today.cap is None:
        return NO_FAMILY
    says = today.cap.says
    return statement(
        "near_cap",
        facts=steps.scan("facts"),
        months=int(says["months"]),
        planning_from=int(says["planning_from"]),
        must_climb_least=_must_climb(today),
        must_climb_most=_must_climb(today, HIGH),
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
