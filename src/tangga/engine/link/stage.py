"""The link stage: keys, groups by number, pairs, scores, best links, persons."""

from __future__ import annotations

import math

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.link import (
    best,
    blocks,
    components,
    keys,
    number,
    proof,
    rulings,
    rulings_check,
    score,
    sides,
)
from tangga.engine.link.model import Model, load_model
from tangga.engine.runner import Part, Steps

STAGE = "link"


def run(ctx: Context) -> dict[str, int]:
    """Write `clusters` (`rid, cluster`) and `links`; returns rows by table."""
    columns = _columns(ctx)
    model = load_model(ctx.workspace.pack.dir / "models" / "linkage.toml").usable(columns)
    with Steps(ctx, STAGE) as steps:
        _rulings(ctx, steps)
        _number_groups(ctx, steps, model, columns)
        total = _sides(steps, model)
        _pairs(ctx, steps, model, total)
        _best(ctx, steps, model)
        _join(ctx, steps, model)
        _check_rulings(ctx, steps, model)
        return {name: steps.rows[name] for name in ("clusters", "links")}


def _columns(ctx: Context) -> set[str]:
    with ctx.connect() as con:
        described = con.execute(f"DESCRIBE SELECT * FROM {ctx.scan('standardise', 'records')}")
        return {row[0] for row in described.fetchall()}


def _rulings(ctx: Context, steps: Steps) -> None:
    found = rulings.read_rulings(ctx.workspace.dir / "rulings")
    with ctx.connect() as con:
        records = ctx.scan("standardise", "records")
        rulings.write_rulings(con, found, records, steps.table("rulings"))
    word = steps.scan("rulings")
    steps.whole(
        "ruled", f"SELECT low, high FROM {word} WHERE ruling = 'different' AND low IS NOT NULL"
    )
    ruled = steps.scan("ruled")
    steps.whole("alone", f"SELECT low AS rid FROM {ruled} UNION SELECT high FROM {ruled}")


def _number_groups(ctx: Context, steps: Steps, model: Model, columns: set[str]) -> None:
    records, names = ctx.scan("standardise", "records"), ctx.scan("standardise", "names")
    proves = proof.proof_sql(ctx.workspace.pack, model.number.column, columns)
    made = keys.keys_sql(records, names, model, columns, proves)
    rows = steps.spread("keys", made, keys.part_of_number(), hold=True)
    alone = steps.scan("alone") if steps.rows["alone"] else None
    steps.parts(
        "groups", lambda part: number.groups_sql(rows.of(part), alone, model), key=keys.NUMBER
    )

    def variants(part: Part) -> str:
        groups = steps.scan_part("groups", keys.NUMBER, part)
        return sides.variants_sql(rows.of(part), groups, model)

    steps.parts("variants", variants, scratch=True, key=keys.NUMBER)
    steps.drop("keys")


def _sides(steps: Steps, model: Model) -> int:
    rows = steps.scan("variants")
    # What is counted over everybody is kept: records that are added later are weighed by it.
    steps.whole("name_counts", sides.frequency_sql(rows, "sk") + " ORDER BY value")
    steps.whole("date_counts", sides.frequency_sql(rows, "bd") + " ORDER BY value")
    steps.whole("place_counts", sides.places_sql(rows, model) + " ORDER BY key, value")
    names, dates = steps.scan("name_counts"), steps.scan("date_counts")
    places = steps.scan("place_counts")
    steps.whole("token_counts", sides.tokens_sql(names) + " ORDER BY value")
    steps.whole("total", f"SELECT count(DISTINCT gid) AS n FROM {rows}")
    total = int(steps.fetch(f"SELECT n FROM {steps.scan('total')}")[0][0])
    steps.whole(
        "forms", sides.forms_sql(names, steps.scan("token_counts"), model, total), scratch=True
    )
    forms = steps.scan("forms")

    def made(part: Part) -> str:
        own = steps.scan_part("variants", keys.NUMBER, part)
        return sides.sides_sql(own, forms, dates, places, model, total)

    steps.parts("sides", made)
    return total


def _pairs(ctx: Context, steps: Steps, model: Model, total: int) -> None:
    rows = steps.scan("sides")
    steps.parts(
        "pairs",
        lambda part: blocks.all_pairs_sql(rows, model, part),
        of=steps.few,
        scratch=True,
    )
    prior = -round(100 * float(np.log2(max(total, 2))))
    steps.whole("thresholds", _thresholds_sql(model, prior))
    serial = proof.serial_start(ctx.workspace.pack, model.number.column)
    cells = _cells(steps.ctx.parts)
    apart = steps.spread("sides_apart", f"SELECT * FROM {rows}", "vid", of=cells)
    pairs = steps.spread(
        "pairs_apart",
        f"SELECT l, r FROM {steps.scan('pairs')}",
        f"(l % {cells}) * {cells} + r % {cells}",
        of=cells * cells,
    )

    def scored(part: Part) -> str:
        of_l, of_r = (Part(n, cells) for n in divmod(part.index, cells))
        both = apart.of(of_l), apart.of(of_r)
        return score.scored_sql(pairs.of(part), both, model, prior, serial)

    steps.parts("scored", scored, of=cells * cells, scratch=True)
    steps.drop("pairs")


def _cells(parts: int) -> int:
    """Into how many parts the sides of pairs are cut, where pairs are cut by both: about twice as
    many cells as parts, since two parts of the sides are in memory at a time."""
    return 1 if parts == 1 else math.isqrt(2 * parts - 1) + 1


def _best(ctx: Context, steps: Steps, model: Model) -> None:
    records, groups = ctx.scan("standardise", "records"), steps.scan("groups")
    scored, rows = steps.scan("scored"), steps.scan("sides")
    steps.parts(
        "visits",
        lambda part: best.visits_sql(records, groups, scored, part.cut("j.gid")),
        of=steps.few,
        scratch=True,
    )
    visits = steps.scan("visits")
    ruled = steps.scan("ruled")
    steps.parts(
        "group_pairs",
        lambda part: best.group_pairs_sql(scored, visits, rows, ruled, model, part.cut("lg")),
        of=steps.few,
        scratch=True,
    )
    pairs = steps.scan("group_pairs")
    steps.parts(
        "best",
        lambda part: best.best_sql(pairs, model, part.cut("gid")),
        of=steps.few,
        scratch=True,
    )


def _join(ctx: Context, steps: Steps, model: Model) -> None:
    groups = _groups(steps.con, steps)
    links, rows = candidates(steps, groups, model, _ruled_same(steps))
    outcome = components.join(groups, links, threshold=round(100 * model.link), cap=model.cluster)
    _write(steps, "labels", pa.table({"gid": groups.gid, "label": groups.gid[outcome.label]}))
    decided = rows.append_column("decision", pa.array(outcome.decision, pa.string()))
    _write(steps, "decided", decided.append_column("why", pa.array(outcome.reason, pa.string())))
    of, label = steps.scan("groups"), steps.scan("labels")
    steps.whole("clusters", _clusters_sql(of, label))
    steps.whole("links", _links_sql(steps, model))


def _thresholds_sql(model: Model, prior: int) -> str:
    """One row: in hundredths of a bit, where every pair begins (`prior`) and what it must reach."""
    link, review = round(100 * model.link), round(100 * model.review)
    version = model.version.replace("'", "''")
    return f"SELECT {prior} AS prior, {link} AS link, {review} AS review, '{version}' AS version"


def _check_rulings(ctx: Context, steps: Steps, model: Model) -> None:
    said, groups = steps.scan("rulings"), steps.scan("groups")
    prior = int(steps.fetch(f"SELECT prior FROM {steps.scan('thresholds')}")[0][0])
    serial = proof.serial_start(ctx.workspace.pack, model.number.column)
    none = not steps.fetch(f"SELECT 1 FROM {said} WHERE low IS NOT NULL LIMIT 1")
    scores = rulings_check.ruled_scores_sql(
        said, groups, steps.scan("sides"), model, prior, serial, none=none
    )
    steps.whole("ruled_scores", scores, scratch=True)
    scores, clusters = steps.scan("ruled_scores"), steps.scan("clusters")
    steps.whole(
        "rulings_check", rulings_check.rulings_check_sql(said, groups, scores, clusters, model)
    )


def _groups(con: duckdb.DuckDBPyConnection, steps: Steps) -> components.Groups:
    found = con.execute(f"""
        SELECT gid, max(records) AS records,
               coalesce(max(CASE WHEN {sides.CONFIRMED}
                            THEN CAST(md5_number_lower(num) >> 1 AS BIGINT) END), 0) AS number
        FROM {steps.scan("sides")} GROUP BY gid ORDER BY gid""").to_arrow_table()
    arrays = {name: found[name].to_numpy() for name in found.column_names}
    groups = components.Groups(**arrays)
    ruled = con.execute(
        f"SELECT low, high FROM {steps.scan('ruled')} ORDER BY low, high"
    ).fetchall()
    ends = groups.position(np.array(ruled, dtype=np.int64).reshape(-1, 2))
    groups.different.extend((int(low), int(high)) for low, high in ends)
    return groups


def _ruled_same(steps: Steps) -> str:
    """Groups that a clerk ruled the same: `gid, other, l, r`."""
    return f"""
          SELECT a.gid AS gid, b.gid AS other, r.low AS l, r.high AS r
          FROM {steps.scan("rulings")} AS r
          JOIN {steps.scan("groups")} AS a ON r.low = a.rid
          JOIN {steps.scan("groups")} AS b ON r.high = b.rid
          WHERE r.ruling = 'same' AND a.gid <> b.gid"""


def candidates(
    steps: Steps,
    groups: components.Groups,
    model: Model,
    same: str,
    weight: int = components.RULED,
) -> tuple[components.Links, pa.Table]:
    """Best links, and what is the same beyond any evidence, as positions; the table keeps what
    each rests on: `l, r, weight`.

    Reads `best` and `group_pairs`. same: SELECT of `gid, other, l, r`; weight: theirs.
    """
    margin = round(100 * model.margin)
    rows = steps.con.execute(f"""
        WITH same AS ({same}),
        near AS (
          SELECT * EXCLUDE (second),
                 CASE WHEN second_weight >= weight - {margin} THEN second END AS second
          FROM {steps.scan("best")}
        ),
        alike AS (  -- the two candidates are strongly one another: no ambiguity
          SELECT lg, rg FROM {steps.scan("group_pairs")}
          WHERE weight >= {round(100 * model.link)}
        ),
        every AS (
          SELECT n.gid, n.other, n.weight, n.l, n.r,
                 CASE WHEN a.lg IS NULL AND b.lg IS NULL THEN n.second END AS second
          FROM near AS n
          LEFT JOIN alike AS a ON n.other = a.lg AND n.second = a.rg
          LEFT JOIN alike AS b ON n.second = b.lg AND n.other = b.rg
          UNION ALL SELECT gid, other, {weight}, l, r, NULL FROM same
        )
        SELECT least(gid, other) AS low, greatest(gid, other) AS high,
               min({{'s': second IS NOT NULL, 'v': second, 'l': l, 'r': r}}) AS one,
               weight
        FROM every GROUP BY low, high, weight ORDER BY low, high, weight
        """).to_arrow_table()
    one = rows["one"].combine_chunks()
    second = one.field("v").to_numpy(zero_copy_only=False)
    known = ~np.isnan(second.astype(float)) if len(second) else np.zeros(0, dtype=bool)
    position = np.full(len(second), -1, dtype=np.int64)
    ids = one.field("v").fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    position[known] = groups.position(ids[known])
    links = components.Links(
        left=groups.position(rows["low"].to_numpy()),
        right=groups.position(rows["high"].to_numpy()),
        weight=rows["weight"].to_numpy().astype(np.int64),
        second=position,
    )
    kept = pa.table({"l": one.field("l"), "r": one.field("r"), "weight": rows["weight"]})
    return links, kept


def _write(steps: Steps, name: str, table: pa.Table) -> None:
    folder = steps.table(name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pq.write_table(table, tables.part_file(folder, 0))
    steps.rows[name] = table.num_rows


def _clusters_sql(groups: str, labels: str) -> str:
    return f"""
WITH labelled AS (SELECT g.rid, j.label FROM {groups} AS g JOIN {labels} AS j ON g.gid = j.gid),
named AS (SELECT label, min(rid) AS cluster FROM labelled GROUP BY label)
SELECT labelled.rid, named.cluster
FROM labelled JOIN named ON labelled.label = named.label ORDER BY named.cluster, labelled.rid
"""


def _links_sql(steps: Steps, model: Model) -> str:
    """One row per link: by number (to the anchor of its group), weighed, or ruled.

    `w_*` are what each comparison was worth; all weights in hundredths of a bit.
    """
    weighed = [f"w_{c.slug}" for c in model.comparisons if c.kind != "visit"]
    evidence = "".join(f", s.{w}" for w in weighed)
    nothing = "".join(", NULL" for _ in weighed)
    return f"""
SELECT rid AS left_rid, gid AS right_rid, NULL::INTEGER AS weight, 'link' AS decision,
       'number' AS step, '' AS why, similarity, NULL::INTEGER AS w_same_visit
       {"".join(f", NULL::INTEGER AS {w}" for w in weighed)}
FROM {steps.scan("groups")} WHERE confirmed
UNION ALL
SELECT d.l, d.r, CASE WHEN d.weight < {components.RULED} THEN d.weight END, d.decision,
       CASE WHEN d.weight < {components.RULED} THEN 'evidence' ELSE 'ruling' END, d.why, NULL,
       g.w_same_visit{evidence}
FROM {steps.scan("decided")} AS d
LEFT JOIN {steps.scan("scored")} AS s ON d.l = s.l AND d.r = s.r
LEFT JOIN {steps.scan("group_pairs")} AS g ON s.lg = g.lg AND s.rg = g.rg
UNION ALL
SELECT low, high, NULL, 'reject', 'ruling', 'ruled different', NULL, NULL{nothing}
FROM {steps.scan("ruled")}
ORDER BY left_rid, right_rid, step
"""
