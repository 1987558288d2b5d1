"""Facts of persons and of families through the months, as columns of sets.

    people = write_people(run, reader, wanted)        # table `people`: a row a person concerned

Facts that do not move are made by `rules.facts_sql`, as in a run; upon them stand those that move,
level by level: `NAME__yes` and `NAME__maybe`. Where a person's fact asks the family how many are so
among its members, the sets of its members are united first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tangga.engine.forecast.claims import CLAIMED, with_claims
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.in_time import MAYBE, YES, Reader, conditions_in
from tangga.rules.clock_settings import Clock
from tangga.rules.conditions import Condition, Count, Sum, facts_used, parts_of
from tangga.rules.facts import Fact, Key, When
from tangga.rules.facts_sql import Relation, Sources, person_facts_sql
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.to_sql import aggregates, text

PEOPLE = "people"


def write_people(
    run: Finished, reader: Reader, clock: Clock, wanted: Iterable[Key], concerned: str
) -> str:
    """Make the table `people`: person_id, family_id, what does not move, and what does.

    wanted: facts of persons that must be there, with all that they are made from. concerned:
    relation of the families, `family_id`.
    """
    book = reader.book.restricted_to(wanted)
    moving = [fact for key, fact in book.facts.items() if key in reader.moving and _made(fact)]
    still = _still(reader, book.facts, moving) | {key for key in wanted if key not in reader.moving}
    claimed = CLAIMED in book.facts
    if claimed:
        still |= {CLAIMED} | facts_used(clock.claimed, PERSON_TABLE)
    run.make(PEOPLE, _as_they_stand(run, reader, still, concerned))
    inner = with_claims(run, reader, clock, PEOPLE) if claimed else PEOPLE
    done: set[Key] = {CLAIMED}
    while moving:
        _own_level(run, reader, moving, done, inner)
        inner = PEOPLE
        met = _family_level(run, reader, moving, done)
        if not met and moving and not _ready(reader, moving, done, PERSON_TABLE):
            break  # what is left rests on facts that cannot be read through time
    return PEOPLE


def _made(fact: Fact) -> bool:
    return isinstance(fact.derivation, When)


def _still(reader: Reader, facts: Mapping[Key, Fact], moving: Sequence[Fact]) -> set[Key]:
    """The facts of persons, standing still, that those that move are made from."""
    needs = {key for fact in moving for key in fact.needs}
    counted = {key for key in facts if key[0] == FAMILY_TABLE and key in reader.moving}
    needs |= {need for key in counted for need in facts[key].needs}
    return {key for key in needs if key not in reader.moving and key[0] == PERSON_TABLE}


def _as_they_stand(run: Finished, reader: Reader, still: set[Key], concerned: str) -> str:
    """Persons of the families concerned, with facts of the day of the run that stay."""
    families = run.relation("resolve", "families")
    history = run.relation("plan", "person_history")
    sources = Sources(
        persons=run.relation("resolve", "persons"),
        families=Relation(
            f"(SELECT * FROM {families.sql} WHERE status = 'active')", families.columns
        ),
        person_history=Relation(history.sql, history.columns, complete=True),
    )
    where = f"p.family_id IN (SELECT family_id FROM {concerned})"
    return person_facts_sql(reader.book.restricted_to(still), sources, run.day, where)


def _ready(reader: Reader, moving: Iterable[Fact], done: set[Key], entity: str) -> list[Fact]:
    """The facts of an entity of which all that moves beneath them is there."""
    return [
        fact
        for fact in moving
        if fact.entity == entity and all(k in done for k in fact.needs if k in reader.moving)
    ]


def _columns(reader: Reader, subject: str) -> Columns:
    return Columns(reader.book.names, subject, own="d", family="f", members="d")


def _own_level(
    run: Finished, reader: Reader, moving: list[Fact], done: set[Key], inner: str
) -> None:
    """Every fact of persons that can be made from what is there, one level upon the other.

    inner: the persons as they are so far.
    """
    while facts := _ready(reader, moving, done, PERSON_TABLE):
        asks = any(key[0] == FAMILY_TABLE for fact in facts for key in fact.needs)
        joined = " LEFT JOIN households AS f USING (family_id)" if asks else ""
        listed = ", ".join(_named(reader, fact) for fact in facts)
        inner = f"(SELECT d.*, {listed} FROM {inner} AS d{joined})"
        _take(facts, moving, done)
    if inner != PEOPLE:
        run.make(PEOPLE, f"SELECT * FROM {inner}")


def _family_level(run: Finished, reader: Reader, moving: list[Fact], done: set[Key]) -> bool:
    """The facts of families that persons ask for: table `households`; whether there were any."""
    facts = _ready(reader, moving, done, FAMILY_TABLE)
    if not facts:
        return False
    conditions = [one for fact in facts for one in conditions_in(fact.derivation)]
    united = unions(reader, conditions, "m") + counts_that_stay(reader, conditions)
    listed = ", ".join(_named(reader, fact) for fact in facts)
    grouped = f"SELECT m.family_id{united} FROM {PEOPLE} AS m GROUP BY m.family_id"
    run.make("households", f"SELECT d.family_id, {listed} FROM ({grouped}) AS d")
    _take(facts, moving, done)
    return True


def counts_that_stay(reader: Reader, conditions: Iterable[Condition]) -> str:
    """`, AGGREGATE AS NAME` of the counts over members that are the same on every day."""
    stay = [
        part
        for condition in conditions
        for part in parts_of(condition)
        if isinstance(part, Count | Sum) and not reader.moves(part.where, PERSON_TABLE)
    ]
    columns = Columns(reader.book.names, PERSON_TABLE, own="m", family="f")
    found = aggregates(stay, columns, reader.calendar.day)
    return "".join(f', {text(one)} AS "{name}"' for name, one in sorted(found.items()))


def _take(facts: list[Fact], moving: list[Fact], done: set[Key]) -> None:
    for fact in facts:
        done.add(fact.key)
        moving.remove(fact)


def _named(reader: Reader, fact: Fact) -> str:
    """The two columns of a fact that moves."""
    assert isinstance(fact.derivation, When)
    over = reader.read(fact.derivation.condition, _columns(reader, fact.entity))
    return f'{over.yes} AS "{fact.name}{YES}", {over.maybe} AS "{fact.name}{MAYBE}"'


def unions(reader: Reader, conditions: Iterable[Condition], people: str) -> str:
    """`, bit_or(...) AS ...` of the members that conditions on a family count; people: an alias."""
    found = []
    columns = Columns(reader.book.names, PERSON_TABLE, own=people, family="f")
    for name, where in reader.members_counted(conditions).items():
        over = reader.read(where, columns)
        found.append(f', bit_or({over.yes}) AS "{name}{YES}"')
        found.append(f', bit_or({over.maybe}) AS "{name}{MAYBE}"')
    return "".join(found)
