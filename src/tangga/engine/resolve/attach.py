"""Rows of every other kind, each with the person and the family that it speaks of.

A row says whom it means by number, by a source's own id, by card, or by a source's family id.
What is exact and unambiguous is attached; the rest keeps null and the reason.
"""

from __future__ import annotations

from collections.abc import Mapping

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.resolve import ids
from tangga.engine.resolve.spine import card_node, home_node
from tangga.engine.resolve.statements import statement
from tangga.engine.runner import Part, Spread, Steps
from tangga.registry.kinds import KIND_TABLE

PERSON_TABLE = "person"
OTHER_KINDS = tuple(kind for kind, table in KIND_TABLE.items() if table != PERSON_TABLE)
RENAMED = {"families": "family_facts"}
"""Attached tables stand under the name of their kind, but `families` is the register's own."""
NO_REFS = (
    "(SELECT 0::BIGINT AS rid, '' AS role, '' AS of_kind, NULL::BIGINT AS pid, '' AS attached_by, "
    "FALSE AS sure LIMIT 0)"
)


def attached_name(kind: str) -> str:
    """The table of this stage that holds the rows of a kind, attached."""
    return RENAMED.get(kind, kind)


def kinds_here(ctx: Context) -> dict[str, list[str]]:
    """Each other kind that this run received, with the columns of its table."""
    here = [kind for kind in OTHER_KINDS if tables.exists(ctx.table("standardise", kind))]
    with ctx.connect() as con:
        return {
            kind: [
                row[0]
                for row in con.execute(
                    f"DESCRIBE SELECT * FROM {ctx.scan('standardise', kind)}"
                ).fetchall()
            ]
            for kind in here
        }


def refs_sql(ctx: Context, kinds: dict[str, list[str]], number: str) -> str:
    """One row per reference: `rid, role` (self, other), `of_kind, number, name, birth_date,
    ref_source, named, person_source_id, card, home`."""
    selects = []
    for kind, columns in kinds.items():
        selects.append(_ref(ctx, kind, columns, "self", number, "person_source_id"))
        if kind == "events":
            selects.append(_ref(ctx, kind, columns, "other", f"other_{number}", "other_id"))
    return " UNION ALL ".join(selects)


def _ref(ctx: Context, kind: str, columns: list[str], role: str, number: str, own_id: str) -> str:
    def take(name: str, sql_type: str = "VARCHAR") -> str:
        return name if name in columns else f"NULL::{sql_type}"

    mine = role == "self"
    source = f"coalesce({take('reference_source')}, source)"
    house = f"coalesce({take('reference_source')}, {_families_of(ctx, kind)})"
    family = f"coalesce({take('family_source_id')}, source_family_id)"
    return (
        f"SELECT rid, '{role}' AS role, '{kind}' AS of_kind, {take(number)} AS number, "
        f"{take('name') if mine else 'NULL::VARCHAR'} AS name, "
        f"{take('birth_date', 'DATE') if mine else 'NULL::DATE'} AS birth_date, "
        f"{source} AS ref_source, {take('reference_source')} IS NOT NULL AS named, "
        f"{take(own_id)} AS person_source_id, "
        f"{card_node(take('kk')) if mine else 'NULL::BIGINT'} AS card, "
        f"{home_node(house, family) if mine else 'NULL::BIGINT'} AS home "
        f"FROM {ctx.scan('standardise', kind)}"
        + ("" if mine else f" WHERE {take(number)} IS NOT NULL OR {take(own_id)} IS NOT NULL")
    )


def _families_of(ctx: Context, kind: str) -> str:
    """SQL of the source whose family ids a row means that does not say whose: its own, but the
    base's where the row is of the office that ranks the families of the base."""
    base = [source.name for source in ctx.workspace.sources if source.role == "base"]
    return f"'{base[0]}'" if kind == "rankings" and len(base) == 1 else "source"


def find_persons(
    steps: Steps, kinds: dict[str, list[str]], has: list[str], number: str | None, people: Spread
) -> str:
    """Write `refs` and `person_refs`; returns the latter as a relation (empty without kinds).

    number: the column of the national number, None where no record carries it. people: records in
    force with their persons (`believed.people_sql`).
    """
    if not kinds:
        return NO_REFS
    ctx, scan = steps.ctx, steps.scan
    names = ctx.scan("standardise", "names")
    refs = refs_sql(ctx, kinds, number or "nik")
    named = f"SELECT w.*, n.name_clean FROM ({refs}) AS w LEFT JOIN {names} AS n ON w.name = n.name"
    steps.whole("refs", named, scratch=True)
    born = "r.birth_date" if "birth_date" in has else "NULL::DATE"
    known = {"people": people.whole, "refs": scan("refs")}
    if number is None:
        known["people"], number = f"(SELECT *, NULL::VARCHAR AS nik FROM {people.whole})", "nik"
    # What lies apart has the cleaned name beside it; else it is joined where it is read.
    clean, join = (
        ("r.name_clean", "")
        if people.apart
        else ("n.name_clean", f"LEFT JOIN {names} AS n ON r.name = n.name")
    )
    number_of = {"of_refs": "hash(w.number)", "of_people": f"hash(r.{number})"}
    id_of = {"of_refs": "hash(w.person_source_id)", "of_people": "hash(r.source_id)"}
    _keyed(steps, "nik_owners", number_of, number=number, **known)
    owned = {
        **known,
        "owners": scan("nik_owners"),
        "birth_date": born,
        "clean": clean,
        "join": join,
    }
    _keyed(steps, "nik_closer", number_of, number=number, **owned)
    _keyed(
        steps, "card_mates", {"of_refs": "hash(w.card)", "of_people": "hash(r.in_card)"}, **owned
    )
    _keyed(steps, "source_id_owners", id_of, **known)
    steps.parts(
        "person_refs",
        lambda part: statement(
            "person_refs",
            refs=scan("refs"),
            owners=scan("nik_owners"),
            closer=scan("nik_closer"),
            source_ids=scan("source_id_owners"),
            card_mates=scan("card_mates"),
            part=part.cut("w.rid"),
        ),
        of=steps.few,
    )
    return scan("person_refs")


def find_families(steps: Steps, has: list[str]) -> None:
    """Write `family_refs`, from `refs`, `person_refs`, `believed` and `kin`."""
    scan = steps.scan
    _keyed(
        steps,
        "holders",
        {"of_cards": "hash(card)", "of_homes": "hash(home)"},
        refs=scan("refs"),
        believed=scan("believed"),
        card_of_believed=card_node("kk") if "kk" in has else "NULL::BIGINT",
        spine=scan("spine"),
        kin=scan("kin"),
    )
    _keyed(
        steps,
        "family_refs",
        {"part": "w.rid"},
        refs=scan("refs"),
        person_refs=scan("person_refs"),
        kin=scan("kin"),
        holders=scan("holders"),
    )


def _keyed(steps: Steps, name: str, cuts: Mapping[str, str], **given: object) -> None:
    """Run a scratch step in parts. cuts: each condition of the statement -> the integer that cuts
    what it stands on; the same key on both sides of a join, so that a part meets its own."""

    def sql(part: Part) -> str:
        return statement(name, **given, **{at: part.cut(key) for at, key in cuts.items()})

    steps.parts(name, sql, of=steps.few, scratch=True)


def attach(steps: Steps, kind: str, columns: list[str]) -> None:
    """Write the table of a kind: its rows as received, and `person_id, family_id, attached_by`."""
    person, family = ids.shown(ids.PERSON, "f.pid"), ids.shown(ids.FAMILY, "i.id")
    rows, by = steps.ctx.scan("standardise", kind), "f.attached_by"
    joins = (
        f"JOIN {steps.scan('family_refs')} AS f ON r.rid = f.rid "
        f"LEFT JOIN {steps.scan('family_ids')} AS i ON f.unit = i.grp"
    )
    if "person_id" in columns or "family_id" in columns:
        person, family, by, further = _given(steps, columns, person, family)
        joins += further
    kept = ", ".join(f"r.{c}" for c in columns if c not in ("person_id", "family_id"))
    steps.whole(
        attached_name(kind),
        f"SELECT {kept}, {person} AS person_id, {family} AS family_id, {by} AS attached_by "
        f"FROM {rows} AS r {joins} ORDER BY r.rid",
    )


def _given(steps: Steps, columns: list[str], person: str, family: str) -> tuple[str, str, str, str]:
    """Ids that a row names itself, resolved through the lineage, before anything else."""
    steps.whole("successors", statement("successors", lineage=steps.scan("lineage")))
    scan, joins, by = steps.scan, "", "f.attached_by"
    if "person_id" in columns:
        joins += _active(steps, "person", ids.PERSON, "p") + (
            f" LEFT JOIN {scan('kin')} AS pk ON pa.id = pk.pid"
            f" LEFT JOIN {scan('family_ids')} AS pf ON pk.unit = pf.grp"
        )
        by = f"CASE WHEN pa.id IS NOT NULL THEN 'id' ELSE {by} END"
        person = f"coalesce(pa.shown, {person})"
        family = f"coalesce({ids.shown(ids.FAMILY, 'pf.id')}, {family})"
    if "family_id" in columns:
        joins += _active(steps, "family", ids.FAMILY, "q")
        by = f"CASE WHEN qa.id IS NOT NULL THEN 'id' ELSE {by} END"
        family = f"coalesce(qa.shown, {family})"
    return person, family, by, joins


def _active(steps: Steps, entity: str, letter: str, alias: str) -> str:
    """Joins that find the active id behind an id that a row names."""
    active = f"(SELECT id, {ids.shown(letter, 'id')} AS shown FROM {steps.scan(f'{entity}_ids')})"
    named = f"r.{entity}_id"
    return (
        f" LEFT JOIN {steps.scan('successors')} AS {alias}s ON {named} = {alias}s.old_id"
        f" LEFT JOIN {active} AS {alias}a ON coalesce({alias}s.new_id, {named}) = {alias}a.shown"
    )
