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
    "'' AS relation LIMIT 0)"
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


def _person_ids(steps: Steps) -> ids.Entity:
    clusters = steps.ctx.scan("link", "clusters")
    before = None
    if steps.ctx.previous is not None:
        before = f"(SELECT rid, pid AS id FROM {ids.previous(steps, 'spine')})"
    entity = ids.Entity(
        letter=ids.PERSON,
        word="person",
        groups=f"(SELECT DISTINCT cluster AS grp, cluster AS key FROM {clusters})",
        records=f"(SELECT rid, cluster AS grp FROM {clusters})",
        before=before,
    )
    ids.give_ids(steps, entity)
    return entity


def _spine(steps: Steps, rules: Rules, active: list[str], has: list[str]) -> None:
    used = sorted(set(rules.of_person(active).values()) - rules.plain())
    records, clusters = steps.ctx.scan("standardise", "records"), steps.ctx.scan("link", "clusters")
    person_ids, as_of = steps.scan("person_ids"), steps.ctx.workspace.as_of.isoformat()
    steps.parts(
        "spine",
        lambda part: spine.spine_sql(
            records, clusters, person_ids, rules, used, set(has), as_of, part.cut("c.cluster")
        ),
    )


def _family_ids(steps: Steps) -> ids.Entity:
    spine_, kin = steps.scan("spine"), steps.scan("kin")
    steps.whole("family_records", statement("family_records", spine=spine_, kin=kin))
    records, before = steps.scan("family_records"), None
    if steps.ctx.previous is not None:
        before = (
            f"(SELECT r.rid, i.id FROM {ids.previous(steps, 'family_records')} AS r "
            f"JOIN {ids.previous(steps, 'family_ids')} AS i ON r.grp = i.grp)"
        )
    entity = ids.Entity(
        letter=ids.FAMILY,
        word="family",
        groups=f"(SELECT grp, arg_min(rid, abs(rid)) AS key FROM {records} GROUP BY grp)",
        records=records,
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
