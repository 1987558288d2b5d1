"""Splink 5 in its documented configuration on the cleaned records of a run, in its own process.

    python -m bench.rival train RUN OUT     train, save OUT/model.json, predict, cluster
    python -m bench.rival saved RUN OUT     predict and cluster with OUT/model.json

Writes OUT/MODE.json (CPU-seconds of each step, imports left out), OUT/edges (all pairs above 0.5)
and OUT/clusters (connected components at 0.95).
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tangga.engine import tables
from tangga.engine.connection import connect, quoted
from tangga.engine.limits import cores

PREDICT, CLUSTER = 0.5, 0.95
U_PAIRS = 1e7
RECALL = 0.85
SEED = 1

PLACE = {
    "output_column_name": "place",
    "comparison_levels": [
        {"sql_condition": "village_l IS NULL OR village_r IS NULL", "is_null_level": True,
         "label_for_charts": "unknown"},
        {"sql_condition": "village_l = village_r", "label_for_charts": "village"},
        {"sql_condition": "kecamatan_l = kecamatan_r", "label_for_charts": "kecamatan"},
        {"sql_condition": "kabupaten_l = kabupaten_r", "label_for_charts": "kabupaten"},
        {"sql_condition": "ELSE", "label_for_charts": "other"},
    ],
}  # fmt: skip


def settings() -> SettingsCreator:
    """What Splink's documentation would have one write for such records."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rid",
        comparisons=[
            cl.NameComparison("name"),
            cl.DateOfBirthComparison("dob", input_is_string=False),
            cl.DamerauLevenshteinAtThresholds("nik", [1, 2]),
            cl.ExactMatch("kk"),
            cl.ExactMatch("sex"),
            PLACE,
        ],
        blocking_rules_to_generate_predictions=[
            block_on("nik"),
            block_on("name", "dob"),
            block_on("kk", "substr(name, 1, 3)"),
            block_on("dob", "kecamatan"),
            block_on("village", "year(dob)", "substr(name, 1, 4)"),
            block_on("dob", "substr(name, 1, 4)"),
        ],
        retain_matching_columns=False,
    )


class Steps:
    """CPU-seconds and seconds of each step, as they pass."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, float]] = {}
        self.wall, self.cpu = time.perf_counter(), _cpu()

    def done(self, name: str) -> None:
        wall, cpu = time.perf_counter(), _cpu()
        self.taken[name] = {
            "seconds": round(wall - self.wall, 2),
            "cpu_seconds": round(cpu - self.cpu, 2),
        }
        self.wall, self.cpu = wall, cpu


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system


def load(con: duckdb.DuckDBPyConnection, run: Path) -> None:
    """The records that linking sees, with the cleaned name."""
    records, names = (tables.scan(run / "standardise" / name) for name in ("records", "names"))
    con.execute(f"""
        CREATE TABLE people AS
        SELECT r.rid, n.name_clean AS name, r.birth_date AS dob, r.nik, r.kk, r.sex,
               CASE WHEN length(r.village) >= 10 THEN r.village END AS village,
               CASE WHEN length(r.village) >= 6 THEN r.village[1:6] END AS kecamatan,
               CASE WHEN length(r.village) >= 4 THEN r.village[1:4] END AS kabupaten
        FROM {records} AS r LEFT JOIN {names} AS n ON r.name = n.name WHERE r.latest
    """)


def train(linker: Any, steps: Steps) -> None:
    """Prior, u, and EM in two passes, as documented."""
    linker.training.estimate_probability_two_random_records_match(
        [block_on("nik"), block_on("name", "dob")], recall=RECALL
    )
    steps.done("prior")
    linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED)
    steps.done("u")
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("nik"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("dob", "kecamatan"))
    steps.done("em")


def main(mode: str, run: Path, out: Path) -> None:
    """Link, measure, and leave edges and clusters for the evaluation."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    out.mkdir(parents=True, exist_ok=True)
    con = connect(threads=cores(), spill=out / "spill")
    steps = Steps()
    load(con, run)
    people = DuckDBAPI(connection=con).register("people")
    model = settings() if mode == "train" else out / "model.json"
    linker = Linker(people, model, log_level=None)
    steps.done("load")
    if mode == "train":
        train(linker, steps)
        linker.misc.save_model_to_json(str(out / "model.json"), overwrite=True)
    edges = linker.inference.predict(threshold_match_probability=PREDICT)
    steps.done("predict")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        edges, threshold_match_probability=CLUSTER
    )
    steps.done("cluster")
    pairs = _save(
        con, f"SELECT rid_l, rid_r, match_weight FROM {edges.physical_name}", out / "edges"
    )
    _save(con, f"SELECT rid, cluster_id FROM {clusters.physical_name}", out / "clusters")
    told = {"steps": steps.taken, "pairs": pairs}
    (out / f"{mode}.json").write_text(json.dumps(told, indent=2))


def _save(con: duckdb.DuckDBPyConnection, sql: str, table: Path) -> int:
    table.mkdir(exist_ok=True)
    file = quoted(tables.part_file(table, 0))
    return con.execute(f"COPY ({sql}) TO '{file}' (FORMAT parquet)").fetchall()[0][0]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
