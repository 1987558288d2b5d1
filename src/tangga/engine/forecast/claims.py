"""Who will be exempt by the word of some record only, as years go by.

A record may say a birth date that the register does not believe. On the day of the run that is in
the history (`exempt_claimed`); later others come to it, whom such a record will make old enough.
"""

from __future__ import annotations

from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.in_time import MAYBE, YES, Reader
from tangga.engine.forecast.statements import statement
from tangga.engine.resolve import ids
from tangga.registry import SQL_TYPES
from tangga.rules.clock_settings import Clock
from tangga.rules.conditions import facts_used
from tangga.rules.facts import Key
from tangga.rules.names import PERSON_TABLE, Columns

CLAIMED: Key = (PERSON_TABLE, "exempt_claimed")


def with_claims(run: Finished, reader: Reader, clock: Clock, people: str) -> str:
    """The persons with the months of the fact `exempt_claimed`, as a relation."""
    name = CLAIMED[1]
    own = reader.read(clock.claimed, Columns(reader.book.names, PERSON_TABLE, own="d"))
    calendar = reader.calendar
    now = f'd."{name}"'
    sets = ", ".join(
        f"(({calendar.flags(now, maybe=maybe)}) | coalesce(c.claims, 0)) & ~({own.yes}) "
        f'AS "{name}{end}"'
        for maybe, end in ((False, YES), (True, MAYBE))
    )
    run.make("claims", _claims(run, reader, clock, people))
    return (
        f'(SELECT d.* EXCLUDE ("{name}"), {sets} FROM {people} AS d '
        "LEFT JOIN claims AS c ON d.person_id = c.person_id)"
    )


def _claims(run: Finished, reader: Reader, clock: Clock, people: str) -> str:
    if not (run.has("resolve", "spine") and run.has("standardise", "records")):
        return f"SELECT NULL::VARCHAR AS person_id, {reader.calendar.none} AS claims WHERE FALSE"
    records = run.relation("standardise", "records")
    used = {key[1] for key in facts_used(clock.claimed, PERSON_TABLE)}
    types = reader.book.names.person
    listed = "".join(
        f', "{name}"'
        if name in records.columns
        else f', NULL::{SQL_TYPES[types[name].type]} AS "{name}"'
        for name in sorted(used)
    )
    columns = Columns(reader.book.names, PERSON_TABLE, own="d")
    return statement(
        "claims",
        records=f"(SELECT rid, as_of, latest{listed} FROM {records.sql})",
        claims=reader.read(clock.claimed, columns).yes,
        spine=run.scan("resolve", "spine"),
        people=people,
        person_id=ids.shown(ids.PERSON, "c.pid"),
        visits=run.scan("plan", "family_history"),
        on=run.day,
    )
