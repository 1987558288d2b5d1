"""Score and rank the families of a file, step by step, and tell what each step cost.

    python -m bench.scored ours|plain MODEL FILE RESULT.json
    python -m bench.scored what-if|explain MODEL FILE RESULT.json

`ours` is what `tangga welfare apply` calls; `plain` is the same model as anybody would write it
with NumPy, the whole file in memory. Both tell a hash of their deciles: they are the same.
"""

from __future__ import annotations

import hashlib
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tangga.engine.welfare.columns import Numbers
from tangga.engine.welfare.deciles import deciles
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.model_file import read_model
from tangga.engine.welfare.spec import SHARES
from tangga.engine.welfare.table_file import features_of, find_table, numbers

Found = dict[str, Any]
ROWS = 1 << 18
FEW = 300
"""Families explained one after another."""


class Steps:
    """CPU-seconds of one step after another, all threads together."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = time.process_time()

    def done(self, name: str) -> None:
        """What was worked since the step before is this step's."""
        now = time.process_time()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._at
        self._at = now


def ours(model: Model, path: Path) -> Found:
    """Read piece by piece, score, chances; then national and local deciles."""
    steps, file = Steps(), find_table(path)
    columns = [*(feature.column for feature in model.features), "members", "area"]
    words = [feature.column for feature in model.features if not feature.numeric]
    kept: dict[str, list[np.ndarray]] = {}
    for piece in file.pieces(columns, ROWS, coded=words):
        table = features_of(piece, model.features, path)
        members = numbers(piece.column("members"), "members", path).values.astype(np.int64)
        area = piece.column("area").to_numpy()
        steps.done("read")
        scored = model.score(table)
        steps.done("score")
        chances = [model.chance_within(scored, share).astype(np.float32) for share in SHARES]
        steps.done("chances")
        for name, value in (("score", scored.score), ("known", scored.known), ("area", area),
                            ("members", members), ("chances", np.array(chances))):  # fmt: skip
            kept.setdefault(name, []).append(value)
    score, known, members, area = (
        np.concatenate(kept[name]) for name in ("score", "known", "members", "area")
    )
    steps.done("read")
    national = deciles(score, known, members)
    steps.done("national deciles")
    local = deciles(score, known, members, within=area)
    steps.done("local deciles")
    return _told(steps, national, local)


def plain(model: Model, path: Path) -> Found:
    """The same numbers with plain NumPy: one array a feature, a full sort, a loop over areas."""
    steps = Steps()
    table = pq.read_table(path)
    answers = features_of(table, model.features, path)
    members = table.column("members").to_numpy().astype(np.int64)
    area = table.column("area").to_numpy()
    steps.done("read")
    score, known = np.full(len(area), model.intercept, dtype=np.int64), np.ones(len(area), bool)
    for effect in model.effects:
        feature, column = effect.feature, answers[effect.feature.name]
        if isinstance(column, Numbers):
            values = np.clip(column.values, feature.low, feature.high)
            values = {"log": np.log, "log1p": np.log1p, "sqrt": np.sqrt}.get(
                feature.transform, np.asarray
            )(values)
            points, absent = np.rint(effect.slope * values), np.isnan(column.values)
        else:
            words = np.array([effect.level(word) or 0 for word in column.words])
            points, absent = words[column.codes].astype(float), column.codes < 0
        score += np.where(absent, effect.missing or 0, points).astype(np.int64)
        known &= ~(absent & (effect.missing is None))
    steps.done("score")
    national = _plain_deciles(score, known, members)
    steps.done("national deciles")
    local = np.zeros(len(area), dtype=np.int8)
    for one in np.unique(area):
        here = np.flatnonzero(area == one)
        local[here] = _plain_deciles(score[here], known[here], members[here])
    steps.done("local deciles")
    return _told(steps, national, local)


def _plain_deciles(score: np.ndarray, known: np.ndarray, members: np.ndarray) -> np.ndarray:
    values, place = np.unique(score, return_inverse=True)
    tied = np.bincount(place, weights=members * known, minlength=len(values)).astype(np.int64)
    below = np.cumsum(tied) - tied
    found = np.minimum(1 + 10 * (2 * below + tied) // (2 * tied.sum()), 10)[place]
    return np.where(known, found, 0).astype(np.int8)


def what_if(model: Model, path: Path) -> Found:
    """A transfer to the poorest by score: P0, P1, P2 and Gini before and after."""
    from tangga.engine.measures.transfer import per_household, what_if

    table = pq.read_table(path, columns=["members"])
    random = np.random.default_rng(1)
    outcome = np.exp(random.normal(14.2, 0.55, table.num_rows))
    members = table.column("members").to_numpy().astype(np.float64)
    line = float(np.quantile(outcome[:100_000], 0.12))
    steps = Steps()
    found = what_if(outcome, members, per_household(200_000, outcome < line), line)
    steps.done("what-if")
    return _told(steps) | {"p0": [found.before.p0, found.after.p0]}


def explain(model: Model, path: Path) -> Found:
    """One family after another: contributions, words, and every single fact as another."""
    from tangga.engine.explain.scored import explain_row

    with pq.ParquetFile(path) as file:
        piece = next(file.iter_batches(FEW))
    table = features_of(pa.Table.from_batches([piece]), model.features, path)
    seconds = []
    for row in range(len(table)):
        began = time.perf_counter()
        told = explain_row(model, table, row)
        seconds.append(time.perf_counter() - began)
        parts = sum(part.points for part in told.parts)
        assert told.score is None or parts + told.intercept == told.score
    return {
        "milliseconds": round(1000 * statistics.median(seconds), 2),
        "slowest_of_100": round(1000 * float(np.quantile(seconds, 0.99)), 2),
    }


def _told(steps: Steps, *arrays: np.ndarray) -> Found:
    hashes = [hashlib.sha256(array.tobytes()).hexdigest()[:16] for array in arrays]
    return {
        "cpu_seconds": round(sum(steps.seconds.values()), 2),
        "steps": {name: round(seconds, 2) for name, seconds in steps.seconds.items()},
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "deciles": hashes,
    }


WAYS: dict[str, Callable[[Model, Path], Found]] = {
    "ours": ours,
    "plain": plain,
    "what-if": what_if,
    "explain": explain,
}


def main() -> None:
    """Measure and write."""
    way, model, file, out = sys.argv[1], *map(Path, sys.argv[2:5])
    found = WAYS[way](read_model(model), file)
    out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
