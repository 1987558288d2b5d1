"""LightGBM trained on the same survey and scoring the same families: the rival of bench/welfare.py.

    PYTHON bench/boosted.py FEATURES.json SURVEY.csv FAMILIES.parquet RESULT.json

Run by an interpreter that has the packages of bench/welfare.lock. Words are places in the list of
the survey's words, as LightGBM asks; its own settings, with one thread, so that seconds compare.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

ROWS = 1 << 18
Places = dict[str, dict[str, int]]


def matrix(table: pa.Table, columns: list[str], places: Places) -> np.ndarray:
    """Features as numbers, NaN where nothing is known."""
    found = np.empty((table.num_rows, len(columns)), dtype=np.float32)
    for at, name in enumerate(columns):
        column = table.column(name)
        if name in places:
            coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
            coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
            place = [places[name].get(word, np.nan) for word in coded.dictionary.to_pylist()]
            codes = coded.indices.fill_null(len(place)).to_numpy()
            found[:, at] = np.array([*place, np.nan], dtype=np.float32)[codes]
        else:
            kind = pa.int8() if pa.types.is_boolean(column.type) else column.type
            found[:, at] = column.cast(kind).cast(pa.float32(), safe=False).to_numpy()
    return found


def train(features: dict[str, bool], survey: Path) -> tuple[lightgbm.Booster, Places, float]:
    """The booster, places of words, CPU-seconds. features: column -> whether it is of words."""
    table = pyarrow.csv.read_csv(survey, convert_options=pyarrow.csv.ConvertOptions(
        column_types={name: pa.string() for name, words in features.items() if words},
        strings_can_be_null=True))  # fmt: skip
    places = {
        name: {
            word: n
            for n, word in enumerate(sorted(set(table.column(name).drop_null().to_pylist())))
        }
        for name, words in features.items()
        if words
    }
    columns = list(features)
    data = lightgbm.Dataset(
        matrix(table, columns, places),
        label=np.log(table.column("consumption").to_numpy()),
        weight=table.column("weight").to_numpy(),
        categorical_feature=[columns.index(name) for name in places],
    )
    began = time.process_time()
    booster = lightgbm.train({"objective": "regression", "num_threads": 1, "verbose": -1}, data)
    return booster, places, time.process_time() - began


def main() -> None:
    """Train, score piece by piece, and write what it cost."""
    features = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    booster, places, training = train(features, Path(sys.argv[2]))
    read, scoring, at = 0.0, 0.0, time.process_time()
    scores = []
    with pq.ParquetFile(sys.argv[3], read_dictionary=list(places)) as file:
        for batch in file.iter_batches(ROWS, columns=list(features)):
            given = matrix(pa.Table.from_batches([batch]), list(features), places)
            read, at = read + time.process_time() - at, time.process_time()
            scores.append(booster.predict(given, num_threads=1))
            scoring, at = scoring + time.process_time() - at, time.process_time()
    found = {
        "families": sum(map(len, scores)),
        "trees": booster.num_trees(),
        "train_cpu_seconds": round(training, 2),
        "read_cpu_seconds": round(read, 2),
        "score_cpu_seconds": round(scoring, 2),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    Path(sys.argv[4]).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
