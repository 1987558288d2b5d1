"""How right: the measures of `tangga.engine.evaluate`, for our runs and for the rival's edges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tangga.engine import tables
from tangga.engine.catalogue import relation
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.evaluate import Evaluation, Score, compare

# Match weights at which the rival's edges are cut: 0.95 as documented, then ever stricter.
SWEEP = (4.25, 8.0, 12.0, 16.0, 18.0, 20.0, 22.0, 25.0, 30.0)


def ours(workspace: Path, truth: Path) -> Evaluation:
    """The last complete run, for each flag too."""
    return compare(relation(last_complete(workspace), "crosswalk"), truth)


def number_alone(run: Path, truth: Path) -> dict[str, Any]:
    """What equality of NIK alone would have linked: how hard the records are."""
    records = tables.scan(run / "standardise" / "records")
    alone = "chr(31) || CAST(rid AS VARCHAR)"
    crosswalk = (
        f"SELECT source, source_id, coalesce(nik, {alone}) AS person_id, NULL AS family_id "
        f"FROM {records} WHERE latest"
    )
    return _numbers(compare(crosswalk, truth, flags=False))


def rival(run: Path, out: Path, truth: Path) -> dict[str, Any]:
    """The rival's own clusters at 0.95, and the best of our sweep over its edges."""
    records = tables.scan(run / "standardise" / "records")
    documented = _numbers(compare(_crosswalk(records, tables.scan(out / "clusters")), truth,
                                  flags=False))  # fmt: skip
    sweep = {}
    for weight in SWEEP:
        _cluster(records, out, weight)
        judged = compare(_crosswalk(records, tables.scan(out / "cut")), truth, flags=False)
        sweep[weight] = _numbers(judged)
    best = max(SWEEP, key=lambda w: (sweep[w]["pairs"]["f1"], -w))
    return {"documented": documented, "best": sweep[best] | {"weight": best},
            "sweep": {str(w): sweep[w]["pairs"]["f1"] for w in SWEEP}}  # fmt: skip


def _crosswalk(records: str, clusters: str) -> str:
    return (
        "SELECT r.source, r.source_id, c.cluster_id AS person_id, NULL AS family_id "
        f"FROM {records} AS r JOIN {clusters} AS c ON r.rid = c.rid"
    )


def _cluster(records: str, out: Path, weight: float) -> None:
    """Connected components of the edges at or above a weight, into `out/cut`."""
    with connect() as con:
        rid = con.execute(f"SELECT rid FROM {records} WHERE latest ORDER BY rid").fetchnumpy()
        edges = con.execute(
            f"SELECT rid_l, rid_r FROM {tables.scan(out / 'edges')} WHERE match_weight >= {weight}"
        ).fetchnumpy()
        nodes = rid["rid"]
        left, right = (np.searchsorted(nodes, edges[end]) for end in ("rid_l", "rid_r"))
        graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(len(nodes),) * 2)
        labels = connected_components(graph, directed=False)[1]
        con.register("cut", pa.table({"rid": nodes, "cluster_id": labels}))
        tables.write(con, "SELECT * FROM cut", out / "cut")


def told(found: Evaluation) -> dict[str, Any]:
    """An evaluation as JSON: floats, and one entry a flag."""
    return _numbers(found) | {
        "families": _score(found.families),
        "flags": {flag: _score(score) for flag, score in found.flagged.items()},
    }


def _numbers(found: Evaluation) -> dict[str, Any]:
    return {
        "pairs": _score(found.pairs),
        "b_cubed": _score(found.b_cubed),
        "records": found.records,
        "missing": found.missing,
        "persons": found.persons,
        "over_merged": found.over_merged,
        "over_merged_share": round(float(found.over_merged_share), 6),
    }


def _score(score: Score) -> dict[str, float]:
    parts = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
    return {name: round(float(value), 5) for name, value in parts.items()}


def rows_hash(workspace: Path) -> tuple[int, str]:
    """How many rows the crosswalk has, and a hash of them that does not depend on their order."""
    crosswalk = relation(last_complete(workspace), "crosswalk")
    with connect() as con:
        columns = "source, source_id, person_id, family_id"
        row = f"md5_number_lower(CAST(({columns}) AS VARCHAR))"
        count, mark = con.execute(
            f"SELECT count(*), sum({row}::HUGEINT) FROM ({crosswalk})"
        ).fetchall()[0]
    return int(count), str(mark)


def differing(one: Path, other: Path) -> tuple[int, int]:
    """Persons of `other` whose set of records is no person of `one`; persons of `other`.

    one, other: folders of runs.
    """
    sets = (
        "SELECT sum(md5_number_lower(source || chr(31) || source_id)::HUGEINT) AS h, count(*) AS n "
        "FROM ({}) GROUP BY person_id"
    )
    first, second = (sets.format(relation(run, "crosswalk")) for run in (one, other))
    with connect() as con:
        return con.execute(
            f"SELECT (SELECT count(*) FROM (({second}) EXCEPT ALL ({first}))), "
            f"(SELECT count(*) FROM ({second}))"
        ).fetchall()[0]


def report(file: Path) -> dict[str, Any]:
    """What `tangga run --report` wrote."""
    return json.loads(file.read_text(encoding="utf-8"))
