"""`tangga linkage train`: from the last run of a workspace to a model file and its card."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import duckdb

import tangga
from tangga.engine import tables
from tangga.engine.connection import connect
from tangga.engine.context import silent
from tangga.engine.current import last_complete
from tangga.engine.link.model import load_model
from tangga.engine.train.card import card
from tangga.engine.train.estimate import estimate, require_splink
from tangga.engine.train.model_file import TrainedModel, finished, write_model
from tangga.engine.train.sample import Sample, coincidences, cut_sample
from tangga.engine.train.weights import weigh
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.registry.model import Pack

SAMPLE = 200_000
RANDOM_PAIRS = 10_000_000
# Fewer pairs of an equal number than this teach nothing that would hold elsewhere.
LEAST_PAIRS = 200


def train_linkage(
    directory: Path,
    *,
    out: Path | None = None,
    sample: int = SAMPLE,
    seed: int = 1,
    random_pairs: int = RANDOM_PAIRS,
    progress=silent,
) -> TrainedModel:
    """Estimate the weights of a workspace's linking model from its last complete run.

    sample: about so many records. out: where to write the model; its card goes beside it with
    the ending `.md`. The same run, seed and programs give the same file, byte for byte.

    Raises UserError where there is no complete run, where Splink is not installed, or where too
    few records share a number to learn anything.
    """
    require_splink()
    pack = load_workspace(directory).pack
    run = last_complete(directory)
    file = pack.dir / "models" / "linkage.toml"
    old = load_model(file)
    with connect(threads=1) as con:  # sums of floats then fall in one order
        progress("train: sample", 0, 3)
        cut, columns = _sample(con, run, pack, old, sample, seed)
        progress("train: estimate", 1, 3)
        usable = old.usable(columns)
        found = estimate(con, usable, random_pairs=random_pairs, seed=seed)
        shared = coincidences(con, usable)
    trained = TrainedModel(
        model=old,
        before=old.version,
        weights=tuple(weigh(old, found, shared)),
        sample=cut,
        random_pairs=random_pairs,
        seed=seed,
        matched=found.matched,
        programs=_programs(),
    )
    trained = finished(trained, file.read_text(encoding="utf-8"), old)
    progress("train: write", 2, 3)
    if out is not None:
        _write(trained, out)
    return trained


def _sample(
    con: duckdb.DuckDBPyConnection, run: Path, pack: Pack, model, size: int, seed: int
) -> tuple[Sample, set[str]]:
    records, names = (tables.scan(run / "standardise" / name) for name in ("records", "names"))
    described = con.execute(f"DESCRIBE SELECT * FROM {records}").fetchall()
    columns = {row[0] for row in described}
    if model.number.column not in columns:
        raise UserError(
            f"no source carries {model.number.column}; training learns from records that share it",
            file=run,
        )
    usable = model.usable(columns)
    cut = cut_sample(con, records, names, usable, columns, size=size, seed=seed)
    if cut.pairs < LEAST_PAIRS:
        raise UserError(
            f"only {cut.pairs} pairs of records share a {model.number.column}; "
            f"at least {LEAST_PAIRS} are needed to learn from",
            file=run,
            todo=f"Take a larger sample than {cut.records} records, or keep the shipped model",
        )
    return cut, columns


def _write(trained: TrainedModel, out: Path) -> None:
    if out.suffix != ".toml":
        raise UserError("the model file must end in .toml", value=str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    write_model(trained, out)
    out.with_suffix(".md").write_text(card(trained), encoding="utf-8")


def _programs() -> dict[str, str]:
    return {
        "tangga": tangga.__version__,
        "splink": version("splink"),
        "duckdb": duckdb.__version__,
    }
