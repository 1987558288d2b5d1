"""The sides of new records, the old sides that share a cell with them, and what pairs are worth."""

from __future__ import annotations

from tangga.engine.adding.batch import Batch
from tangga.engine.link import proof, score, sides
from tangga.engine.link.keys import key_column
from tangga.engine.link.model import Block, Model
from tangga.engine.runner import Steps

SEEN_NEVER = 1
"""How often a value was counted that nobody had before."""


def meet(steps: Steps, batch: Batch, model: Model) -> None:
    """From `keys` and `placed`, write `fresh` (sides of groups with a new record), `near` (old
    sides in their cells) and `weighed`: pairs as `scored_sql` gives them, by group."""
    _fresh(steps, batch, model)
    if model.blocks:
        steps.whole("near", _near_sql(batch, model), scratch=True)
    else:
        steps.whole("near", "SELECT * FROM fresh WHERE FALSE", scratch=True)
    pairs = " UNION ALL ".join(pairs_sql(block, model) for block in model.blocks)
    nothing = "SELECT vid AS l, vid AS r FROM fresh WHERE FALSE"
    steps.whole("pairs", pairs or nothing, scratch=True)
    prior = int(steps.fetch(f"SELECT prior FROM {batch.old('link', 'thresholds')}")[0][0])
    serial = proof.serial_start(steps.ctx.workspace.pack, model.number.column)
    both = "(SELECT * FROM near UNION ALL BY NAME SELECT * FROM fresh)"
    weighed = score.scored_sql("pairs", (both, both), model, prior, serial)
    steps.whole("weighed", weighed, scratch=True)
    steps.drop("pairs")


def _fresh(steps: Steps, batch: Batch, model: Model) -> None:
    """Frequencies are those of the last full run; a value that it never met counts once."""
    groups = "(SELECT rid, gid FROM placed SEMI JOIN (FROM placed WHERE fresh) AS f USING (gid))"
    steps.whole("variants", sides.variants_sql("keys", groups, model), scratch=True)
    total = int(steps.fetch(f"SELECT n FROM {batch.old('link', 'total')}")[0][0])
    names = _counted(
        "SELECT DISTINCT sk AS value FROM variants WHERE sk IS NOT NULL",
        batch.old("link", "name_counts"),
    )
    words = _counted(
        "SELECT DISTINCT split_part(sk, ' ', 1) AS value FROM variants WHERE sk IS NOT NULL",
        batch.old("link", "token_counts"),
    )
    steps.whole("forms", sides.forms_sql(names, words, model, total), scratch=True)
    dates, places = (batch.old("link", table) for table in ("date_counts", "place_counts"))
    fresh = sides.sides_sql("variants", "forms", dates, places, model, total)
    steps.whole("fresh", fresh, scratch=True)


def _counted(values: str, counts: str) -> str:
    return (
        f"(SELECT v.value, coalesce(c.n, {SEEN_NEVER}) AS n FROM ({values}) AS v "
        f"LEFT JOIN {counts} AS c ON v.value = c.value)"
    )


def _columns(block: Block, model: Model) -> list[str]:
    return [key_column(model.keys[key], model) for key in block.on]


def _known(columns: list[str]) -> str:
    return " AND ".join(f"{column} IS NOT NULL" for column in columns)


def _near_sql(batch: Batch, model: Model) -> str:
    """Old sides that share the cell of some block with a new one, in one pass. Groups that a new
    record joined are not among them: their sides are made anew."""
    cells = []
    for block in model.blocks:
        columns = _columns(block, model)
        listed = ", ".join(columns)
        met = f"SELECT DISTINCT {listed} FROM fresh WHERE {_known(columns)}"
        cells.append(f"({listed}) IN ({met})" if len(columns) > 1 else f"{listed} IN ({met})")
    joined = "SELECT gid FROM placed WHERE fresh"
    return (
        f"SELECT * FROM {batch.old('link', 'sides')} WHERE ({' OR '.join(cells)}) "
        f"AND gid NOT IN ({joined})"
    )


def pairs_sql(block: Block, model: Model) -> str:
    """Pairs (`l`, `r`) of one block as in a full run, where at least one row is new: `l` is
    unsure; a pair of two unsure rows stands once. Caps count old and new rows."""
    columns = _columns(block, model)
    cell = f"hash({', '.join(columns)}) AS cell"
    rows = [
        f"SELECT vid, gid, unsure, {new} AS news, {cell} FROM {side} WHERE {_known(columns)}"
        for side, new in (("near", "FALSE"), ("fresh", "TRUE"))
    ]
    return f"""
SELECT l, r FROM (
  WITH rows AS ({" UNION ALL ".join(rows)}),
  cells AS (
    SELECT cell FROM rows GROUP BY cell
    HAVING count(*) BETWEEN 2 AND {block.cap} AND bool_or(news) AND bool_or(unsure)
  ),
  met AS (SELECT rows.* FROM rows SEMI JOIN cells AS other USING (cell))
  SELECT a.vid AS l, b.vid AS r
  FROM (SELECT * FROM met WHERE unsure) AS a
  JOIN met AS b ON a.cell = b.cell AND a.gid <> b.gid AND (NOT b.unsure OR a.gid < b.gid)
    AND (a.news OR b.news)
)"""
