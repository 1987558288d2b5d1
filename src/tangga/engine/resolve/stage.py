"""The resolve stage: persons, families, memberships, and what is believed about them."""

from __future__ import annotations

from tangga.engine.context import Context
from tangga.engine.resolve import believed, families, ids, spine
from tangga.engine.resolve.statements import statement
from tangga.engine.resolve.survivorship import Rules, load_rules
from tangga.engine.runner import Steps

STAGE = "resolve"
NOTHING_STATED = (
    "(SELECT 0::BIGINT AS pid, 0::BIGINT AS node, FALSE AS is_card, DATE '2000-01-01' AS on_date, "
    "0 AS relation LIMIT 0)"
)
NO_ENDS = (
    "(SELECT 0::BIGINT AS pid, [''] AS kinds, NULL::DATE AS on_date, '' AS kind LIMIT 0)"
)
NO_STATUS = "(SELECT 0::BIGINT AS pid, '' AS status, NULL::DATE AS valid_to LIMIT 0)"


def run(ctx: Context) -> dict[str, int]:
    """Write the register's tables; returns rows by table."""
    steps = Steps(ctx, STAGE)
    has = columns_of(ctx, "records")
    rules = load_rules(ctx.workspace.pack.dir)
    active = active_columns(ctx, has)
    people = _person_ids(steps)
    _spine(steps, rules, active, has)
    families.find_families(steps, NOTHING_STATED)
    kinds = _family_ids(steps)
    _persons(steps, rules, active)
    _memberships(steps, has)
    _crosswalk(steps)
    steps.whole("ledger", ids.ledger_sql(steps, [people, kinds]))
    steps.whole("lineage", ids.lineage_sql(steps, [people, kinds]))
    return steps.rows


def columns_of(ctx: Context, table: str) -> list[str]:
    """The columns of a table of standardise, in order."""
    with ctx.connect() as con:
        described = con.execute(f"DESCRIBE SELECT * FROM {ctx.scan('standardise', table)}")
        return [row[0] for row in described.fetchall()]


def active_columns(ctx: Context, has: list[str]) -> list[str]:
    """The columns of a person that some record carries and that survive by a rule."""
    columns = ctx.workspace.pack.tables["person"].columns
    return [c for c in has if c in columns and not columns[c].register and c != "status"]


def relation_codes(ctx: Context) -> list[str]:
    """The pack's relations to the head, in the order of its list."""
    column = ctx.workspace.pack.tables["person"].columns.get("relation")
    return list(column.codes.codes) if column is not None and column.codes is not None else []


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


def _spine(steps: Steps, rules: Rules, active: list[str], has: list[str]) -> None:
    used = sorted(set(rules.of_person(active).values()) - rules.plain())
    records, clusters = steps.ctx.scan("standardise", "records"), steps.ctx.scan("link", "clusters")
    person_ids, as_of = steps.scan("person_ids"), steps.ctx.workspace.as_of.isoformat()
    relation = spine.relation_number(relation_codes(steps.ctx) if "relation" in has else [], "r.relation")
    steps.parts(
        "spine",
        lambda part: spine.spine_sql(
            records,
            clusters,
            person_ids,
            rules,
            used,
            set(has),
            as_of,
            relation,
            part.cut("c.cluster"),
        ),
    )


def _family_ids(steps: Steps) -> ids.Entity:
    kin, person_ids = steps.scan("kin"), steps.scan("person_ids")
    steps.whole("family_groups", statement("family_groups", kin=kin, person_ids=person_ids))
    records = statement("family_records", spine=steps.scan("spine"), kin=kin)
    before = None
    if steps.ctx.previous is not None:
        spine_, kin = ids.previous(steps, "spine"), ids.previous(steps, "kin")
        before = (
            f"(SELECT r.rid, i.id FROM ({statement('family_records', spine=spine_, kin=kin)}) AS r "
            f"JOIN {ids.previous(steps, 'family_ids')} AS i ON r.grp = i.grp)"
        )
    entity = ids.Entity(
        letter=ids.FAMILY,
        word="family",
        groups=steps.scan("family_groups"),
        records=f"({records})",
        before=before,
    )
    ids.give_ids(steps, entity)
    return entity


def _persons(steps: Steps, rules: Rules, active: list[str]) -> None:
    ranks = believed.ranks_of(rules.of_person(active), rules.plain())
    records, spine_ = steps.ctx.scan("standardise", "records"), steps.scan("spine")
    steps.parts("believed", lambda part: believed.believed_sql(records, spine_, ranks, part))
    shown = ids.shown(ids.PERSON, "pid"), ids.shown(ids.FAMILY, "fid")
    kin, family_ids = steps.scan("kin"), steps.scan("family_ids")
    sql = believed.persons_sql(
        steps.scan("believed"), kin, family_ids, NO_STATUS, active, shown
    )
    steps.whole("persons", sql)


def _memberships(steps: Steps, has: list[str]) -> None:
    scan = steps.scan
    steps.whole(
        "unit_of_node",
        statement(
            "unit_of_node",
            node_families=scan("node_families"),
            unit_of_family=scan("unit_of_family"),
        ),
    )
    steps.parts(
        "unit_spells",
        lambda part: statement(
            "unit_spells",
            seen_in=scan("seen_in"),
            unit_of_family=scan("unit_of_family"),
            kin=scan("kin"),
            official=scan("official"),
            part=part.cut("s.pid"),
        ),
    )
    steps.parts(
        "node_spells",
        lambda part: statement(
            "node_spells",
            sightings=scan("sightings"),
            unit_of_node=scan("unit_of_node"),
            part=part.cut("s.pid"),
        ),
    )
    cards, card = "", ", NULL::VARCHAR AS kk"
    if "kk" in has:
        steps.whole("cards", spine.cards_sql(steps.ctx.scan("standardise", "records")))
        cards, card = f" LEFT JOIN {scan('cards')} AS c ON s.node = c.node", ", c.kk"
    steps.whole(
        "memberships",
        statement(
            "memberships",
            unit_spells=scan("unit_spells"),
            node_spells=scan("node_spells"),
            family_ids=scan("family_ids"),
            ends=NO_ENDS,
            cards=cards,
            card=card,
            kk="kk",
            relation=spine.relation_text(relation_codes(steps.ctx), "place % 128"),
            person_id=ids.shown(ids.PERSON, "pid"),
            family_id=ids.shown(ids.FAMILY, "fid"),
        ),
    )


def _crosswalk(steps: Steps) -> None:
    steps.whole(
        "crosswalk",
        statement(
            "crosswalk",
            records=steps.ctx.scan("standardise", "records"),
            spine=steps.scan("spine"),
            kin=steps.scan("kin"),
            family_ids=steps.scan("family_ids"),
            person_id=ids.shown(ids.PERSON, "pid"),
            family_id=ids.shown(ids.FAMILY, "fid"),
            part="TRUE",
        ),
    )
