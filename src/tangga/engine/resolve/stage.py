"""The resolve stage: persons, families, memberships, and what is believed about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tangga.engine.context import Context
from tangga.engine.resolve import (
    attach,
    believed,
    civil,
    corrections,
    events,
    families,
    family_facts,
    ids,
    memberships,
    proposals,
    register,
    spine,
)
from tangga.engine.resolve.statements import statement
from tangga.engine.resolve.survivorship import CIVIL, Rules, load_rules
from tangga.engine.runner import Part, Spread, Steps
from tangga.registry import Column

STAGE = "resolve"
NUMBER = "nik"
"""The national number, under the name that every pack gives it."""


@dataclass(frozen=True)
class Received:
    """What this run has to resolve.

    has: the columns of `records`. active: those that survive by a rule. kinds: the other kinds
    received, with their columns. relations: the pack's relations to the head, in order.
    """

    rules: Rules
    has: list[str]
    active: list[str]
    kinds: dict[str, list[str]]
    relations: list[str]


def run(ctx: Context) -> dict[str, int]:
    """Write the register's tables; returns rows by table."""
    received = _received(ctx)
    with Steps(ctx, STAGE) as steps:
        persons = _person_ids(steps)
        in_force = _in_force(steps, received)
        _spine(steps, received, in_force)
        people = _people(steps, received, in_force)
        number = NUMBER if NUMBER in received.has else None
        attach.find_persons(steps, received.kinds, received.has, number, people)
        columns = received.kinds.get("events", [])
        stated, status = events.apply(steps, columns, received.relations)
        families.find_families(steps, stated)
        entities = [persons, _family_ids(steps)]
        steps.whole("ledger", ids.ledger_sql(steps, entities))
        steps.whole("lineage", ids.lineage_sql(steps, entities))
        _believe(steps, received, people)
        _attach(steps, received)
        _persons(steps, received, status)
        memberships.write(steps, received.has, received.relations, status)
        _families(steps, received, status)
        _lists(steps, received)
        _crosswalk(steps)
        return steps.rows


def _received(ctx: Context) -> Received:
    with ctx.connect() as con:
        described = con.execute(f"DESCRIBE SELECT * FROM {ctx.scan('standardise', 'records')}")
        has = [row[0] for row in described.fetchall()]
        registry = con.execute(
            f"SELECT 1 FROM {ctx.scan('standardise', 'records')} "
            "WHERE kind = 'civil_registry' LIMIT 1"
        ).fetchall()
    rules = load_rules(ctx.workspace.pack.dir)
    columns = ctx.workspace.pack.tables["person"].columns
    relation = columns.get("relation")
    codes = relation.codes if relation is not None and "relation" in has else None
    return Received(
        rules=rules if registry else rules.without(CIVIL),
        has=has,
        active=[c for c in has if c in columns and not columns[c].register and c != "status"],
        kinds=attach.kinds_here(ctx),
        relations=list(codes.codes) if codes is not None else [],
    )


def _person_ids(steps: Steps) -> ids.Entity:
    clusters = steps.ctx.scan("link", "clusters")
    before = None
    if steps.ctx.previous is not None:
        before = f"(SELECT rid, pid AS id FROM {ids.previous(steps, 'spine')})"
    entity = ids.Entity(
        letter=ids.PERSON,
        word="person",
        groups=f"(SELECT cluster AS grp, cluster AS key FROM {clusters} WHERE rid = cluster)",
        records=f"(SELECT rid, cluster AS grp FROM {clusters})",
        before=before,
    )
    ids.give_ids(steps, entity)
    return entity


def _sources(steps: Steps, received: Received) -> spine.Sources:
    return spine.Sources(
        records=steps.ctx.scan("standardise", "records"),
        clusters=steps.ctx.scan("link", "clusters"),
        ids=steps.scan("person_ids"),
        has=frozenset(received.has),
        as_of=steps.ctx.workspace.as_of.isoformat(),
        relation=spine.relation_number(received.relations, "r.relation"),
    )


def _in_force(steps: Steps, received: Received) -> Spread | None:
    """Records in force apart by person, with all that later steps read of them; None where nothing
    is cut, and each step joins what it reads."""
    if steps.ctx.parts == 1:
        return None
    names = steps.ctx.scan("standardise", "names")
    sql = spine.in_force_sql(_sources(steps, received), _columns_read(received), names)
    return steps.spread("in_force", sql, "pid")


def _columns_read(received: Received) -> list[str]:
    """Of a record: what may be believed, and by what a row of another kind finds its person."""
    return sorted({NUMBER, "name", "birth_date"}.intersection(received.has).union(received.active))


def _spine(steps: Steps, received: Received, in_force: Spread | None) -> None:
    rules = received.rules
    used = sorted(set(rules.of_person(received.active).values()) - rules.plain())
    each = f"({spine.in_force_sql(_sources(steps, received))})"
    steps.parts(
        "spine",
        lambda part: spine.spine_sql(in_force.of(part) if in_force else each, rules, used),
        key="pid",
    )


def _people(steps: Steps, received: Received, in_force: Spread | None) -> Spread:
    """Records in force with the person that each speaks of and its ranks, apart by person."""
    ranks = believed.ranks_in(_ranks(received))
    columns = _columns_read(received)
    records, whole = steps.ctx.scan("standardise", "records"), steps.scan("spine")
    if in_force is None:
        return Spread(f"({believed.people_sql(records, whole, columns, ranks)})")
    each = (
        believed.people_sql(
            in_force.apart[part],
            steps.scan_part("spine", "pid", Part(part, steps.ctx.parts)),
            columns,
            ranks,
        )
        for part in range(steps.ctx.parts)
    )
    return Spread(in_force.whole, tuple(f"({sql})" for sql in each))


def _family_ids(steps: Steps) -> ids.Entity:
    kin, person_ids = steps.scan("kin"), steps.scan("person_ids")
    groups = statement("family_groups", kin=kin, person_ids=person_ids)
    steps.whole("family_groups", groups, scratch=True)
    before = None
    if steps.ctx.previous is not None:
        old = {name: ids.previous(steps, name) for name in ("spine", "kin", "family_ids")}
        records = statement("family_records", spine=old["spine"], kin=old["kin"])
        before = (
            f"(SELECT r.rid, i.id FROM ({records}) AS r JOIN {old['family_ids']} AS i "
            "ON r.grp = i.grp)"
        )
    entity = ids.Entity(
        letter=ids.FAMILY,
        word="family",
        groups=steps.scan("family_groups"),
        records=f"({statement('family_records', spine=steps.scan('spine'), kin=kin)})",
        before=before,
    )
    ids.give_ids(steps, entity)
    return entity


def _ranks(received: Received) -> dict[str, str]:
    rules = received.rules
    return believed.ranks_of(rules.of_person(received.active), rules.plain())


def _believe(steps: Steps, received: Received, people: Spread) -> None:
    rules, ranks = received.rules, _ranks(received)
    steps.parts(
        "believed", lambda part: believed.believed_sql(people.of(part), ranks), scratch=True
    )
    won = "".join(f", {believed.won_column(column)}" for column in received.active)
    steps.whole("won", f"SELECT pid{won} FROM {steps.scan('believed')} ORDER BY pid")
    said = [("person", c, r) for c, r in rules.of_person(received.active).items()]
    said += [("family", c, r) for c, r in rules.of_family(_fact_columns(steps, received)).items()]
    listed = ", ".join(f"('{e}', '{c}', '{r}')" for e, c, r in said) or "('', '', '')"
    steps.whole("survivorship", f"SELECT * FROM (VALUES {listed}) AS t(entity, field, rule)")


def _fact_columns(steps: Steps, received: Received) -> list[str]:
    """Columns of a family that sources of families or visits carry."""
    return family_facts.columns_said(steps.ctx.workspace.pack, received.kinds)


def _columns_of(steps: Steps, table: str) -> Mapping[str, Column]:
    """The columns of a table of the pack; none where it has no such table."""
    found = steps.ctx.workspace.pack.tables.get(table)
    return found.columns if found is not None else {}


def _attach(steps: Steps, received: Received) -> None:
    if received.kinds:
        attach.find_families(steps, received.has)
    for kind, columns in received.kinds.items():
        attach.attach(steps, kind, columns)
    corrections.write_applied(steps, received.kinds.get("corrections", []))


def _corrected(steps: Steps, entity: str) -> tuple[str, list[str]]:
    columns = _columns_of(steps, entity)
    types = {n: c.sql_type for n, c in columns.items() if not (c.register or c.reference)}
    return corrections.corrected(steps, entity, types)


def _persons(steps: Steps, received: Received, status: str) -> None:
    around = believed.Around(
        kin=steps.scan("kin"),
        family_ids=steps.scan("family_ids"),
        status=status,
        corrected=_corrected(steps, "person"),
    )
    sql = believed.persons_sql(
        steps.scan("believed"),
        around,
        received.active,
        ids.shown(ids.PERSON, "pid"),
        ids.shown(ids.FAMILY, "fid"),
    )
    steps.whole("persons", sql)


def _families(steps: Steps, received: Received, status: str) -> None:
    scan, relations = steps.scan, received.relations
    place = {code: relations.index(code) + 1 for code in ("head", "spouse") if code in relations}
    heads = statement(
        "family_heads",
        unit_spells=scan("unit_spells"),
        status=status,
        believed=scan("believed"),
        birth_date="b.birth_date" if "birth_date" in received.active else "NULL::DATE",
        head=place.get("head", -1),
        spouse=place.get("spouse", -1),
    )
    steps.whole("family_heads", heads, scratch=True)
    base = statement(
        "base_families",
        official=scan("official"),
        records=steps.ctx.scan("standardise", "records"),
        kk="r.kk" if "kk" in received.has else "NULL::VARCHAR",
    )
    steps.whole("base_families", base, scratch=True)
    own = _fact_columns(steps, received)
    if own:
        register.facts(steps, received.rules, own, received.kinds)
    known = _columns_of(steps, "family")
    from_head = [c for c in register.FROM_HEAD if c in received.active and c in known]
    corrected = _corrected(steps, "family")
    steps.whole("families", register.families_sql(steps, own, from_head, corrected))


def _lists(steps: Steps, received: Received) -> None:
    """The lists for officers: the civil registry's news, differences with the base, proposals."""
    civil.match(steps, received.has)
    steps.whole("without_papers", civil.without_papers_sql(steps, received.has))
    if not steps.fetch(f"SELECT 1 FROM {steps.scan('spine')} WHERE base LIMIT 1"):
        return
    person, official, found = (
        ids.shown(letter, column)
        for letter, column in ((ids.PERSON, "pid"), (ids.FAMILY, "official"), (ids.FAMILY, "found"))
    )
    differences = statement(
        "base_differences",
        kin=steps.scan("kin"),
        believed=steps.scan("believed"),
        family_ids=steps.scan("family_ids"),
        village="b.village" if "village" in received.active else "NULL::VARCHAR",
        person_id=person,
        official_id=official,
        found_id=found,
    )
    steps.whole("base_differences", differences)
    steps.whole("proposals", proposals.proposals_sql(steps, received.active))


def _crosswalk(steps: Steps) -> None:
    sql = statement(
        "crosswalk",
        records=steps.ctx.scan("standardise", "records"),
        spine=steps.scan("spine"),
        kin=steps.scan("kin"),
        family_ids=steps.scan("family_ids"),
        person_id=ids.shown(ids.PERSON, "pid"),
        family_id=ids.shown(ids.FAMILY, "fid"),
        part="TRUE",
    )
    steps.whole("crosswalk", sql)
