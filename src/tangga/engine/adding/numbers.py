"""New records beside the old ones that bear their numbers: which group each belongs to."""

from __future__ import annotations

from tangga.engine.adding.batch import Batch
from tangga.engine.link import keys, number, proof
from tangga.engine.link.model import Model
from tangga.engine.runner import Steps


def place_by_number(steps: Steps, batch: Batch, model: Model, columns: set[str]) -> None:
    """Write `keys` (new records, and old ones with a number in common) and `placed`.

    placed: `rid, anchor, gid, confirmed, similarity, fresh` (a new record), `news` (its anchor's
    group has one), `seat` (by which its person of before is found: its group, or an old record
    itself). An old record keeps the group it is in.
    """
    steps.whole("keys", _keys_sql(steps, batch, model, columns), scratch=True)
    alone = batch.old("link", "alone")
    ruled = steps.fetch(f"SELECT 1 FROM {alone} LIMIT 1")
    grouped = number.groups_sql("keys", alone if ruled else None, model)
    steps.whole("grouped", grouped, scratch=True)
    old = (
        f"(SELECT rid, gid FROM {batch.old('link', 'groups')} SEMI JOIN keys AS other USING (rid))"
    )
    steps.whole("placed", placed_sql("grouped", old), scratch=True)


def _keys_sql(steps: Steps, batch: Batch, model: Model, columns: set[str]) -> str:
    proves = proof.proof_sql(steps.ctx.workspace.pack, model.number.column, columns)
    old, new = batch.old("standardise", "records"), batch.new("standardise", "records")
    # The new rows have the columns of their own sources only.
    whole = f"(SELECT * FROM {old} WHERE FALSE UNION ALL BY NAME SELECT * FROM {new})"
    names = batch.new("standardise", "names")
    both = [keys.keys_sql(whole, names, model, columns, proves)]
    column = model.number.column
    if column in columns:
        shared = (
            f"(SELECT * FROM {old} AS o SEMI JOIN (SELECT {column} FROM {whole} WHERE latest) AS n "
            f"ON o.{column} = n.{column} WHERE o.latest)"
        )
        names = batch.old("standardise", "names")
        both.append(keys.keys_sql(shared, names, model, columns, proves))
    return " UNION ALL ".join(both)


def placed_sql(grouped: str, old: str) -> str:
    """See `place_by_number`. old: the groups that old records are in."""
    return f"""
WITH g AS (
  SELECT c.rid, c.gid AS anchor, c.confirmed, c.similarity, o.gid AS was
  FROM {grouped} AS c LEFT JOIN {old} AS o ON c.rid = o.rid
),
anchors AS (
  SELECT anchor, min(was) FILTER (WHERE rid = anchor) AS of_anchor, min(was) AS lowest,
         bool_or(was IS NULL) AS news
  FROM g GROUP BY anchor
)
SELECT g.rid, g.anchor, coalesce(g.was, a.of_anchor, a.lowest, g.anchor) AS gid, g.confirmed,
       g.similarity, g.was IS NULL AS fresh, a.news,
       CASE WHEN g.was IS NULL THEN coalesce(a.of_anchor, a.lowest, g.anchor) ELSE g.rid END AS seat
FROM g JOIN anchors AS a ON g.anchor = a.anchor
"""
