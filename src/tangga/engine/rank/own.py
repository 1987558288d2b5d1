"""Deciles of our own: only where the pack says of nobody else that they rank.

`decile_raw` is today's quota by today's model, `decile` the one that is held while nothing about
the family changed (docs/decisions/0015-held-deciles.md), `decile_local` the quota within the
family's own area. `decile_on` is since when the decile is what it is, `decile_before` what it was
until then.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tangga.engine.rank.before import DECILES, FACTS
from tangga.engine.rank.model import Applied
from tangga.engine.rank.scores import Kept, parts_of, write_part
from tangga.engine.runner import Steps
from tangga.engine.welfare.deciles import Deciles, deciles
from tangga.engine.welfare.held import held, middles
from tangga.engine.welfare.places import places_of

PLACES = "rank_places"
FROM_BEFORE = ["family_id", "_decile", "_decile_on", "_decile_before"]


def write_own(steps: Steps, of: Applied, kept: Kept) -> None:
    """Write `own_deciles`, one row a family with one, and `rank_places`."""
    score, known = np.concatenate(kept.score), np.concatenate(kept.known)
    people = np.concatenate(kept.people)
    weight = people if of.by_people else np.ones(len(score), dtype=np.int64)
    area = np.concatenate(kept.area)
    raw = deciles(score, known, weight)
    local = deciles(score, known, weight, within=area)
    places = places_of(score, known, weight)
    columns = ("first", "last", "below", "weight")
    _write(steps, PLACES, pa.table({name: getattr(places, name) for name in columns}))
    chances = {share: np.concatenate(some) for share, some in kept.chances.items()}
    decile = held(
        raw,
        np.concatenate(kept.decile),
        np.concatenate(kept.unchanged),
        chances,
        of.model.held,
        middle=middles(chances, weight),
    )
    _write_deciles(steps, raw, decile, local)


def _write(steps: Steps, name: str, rows: pa.Table) -> None:
    write_part(rows, steps.table(name), 0)
    steps.rows[name] = rows.num_rows


def _write_deciles(steps: Steps, raw: Deciles, decile: Deciles, local: Deciles) -> None:
    """Beside the families of each part, in their order."""
    start = rows = 0
    for part, file in enumerate(parts_of(steps.table(FACTS))):
        families = pq.read_table(file, columns=FROM_BEFORE)
        some = slice(start, start + families.num_rows)
        start += families.num_rows
        given = {"decile_raw": raw[some], "decile": decile[some], "decile_local": local[some]}
        found = _with_days(families, given, steps.ctx.workspace.as_of)
        write_part(found, steps.table(DECILES), part)
        rows += found.num_rows
    steps.rows[DECILES] = rows


def _with_days(families: pa.Table, given: dict[str, Deciles], on: date) -> pa.Table:
    """Families that have a decile, with since when it is so and what it was."""
    some = {name: pa.array(d.astype(np.int32), mask=d == 0) for name, d in given.items()}
    before, now = families.column("_decile").cast(pa.int32()), some["decile"]
    stays = pc.fill_null(pc.equal(before, now), False)
    since = pc.if_else(stays, families.column("_decile_on"), pa.scalar(on, pa.date32()))
    was = pc.if_else(stays, families.column("_decile_before").cast(pa.int32()), before)
    columns = {"family_id": families.column("family_id"), **some}
    columns |= {"decile_on": since, "decile_before": was}
    return pa.table(columns).filter(pc.is_valid(now))
