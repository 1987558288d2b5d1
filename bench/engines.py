"""The same run by loop, pool and Spark, one after another: seconds by stage, and the ratio.

    .venv/bin/python -m bench.engines --people 100000 --master 'local-cluster[2,1,1024]'

Needs requirements/spark-dev.lock and Java 17. On one machine a cluster can only lose: the figure is
what handing out costs, not what more machines bring.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from tangga.engine.engines import Engine
from tangga.engine.run import STAGES, run_workspace
from tangga.synthetic import generate


def main() -> None:
    """Print a line of Markdown for each engine."""
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--parts", type=int, default=6)
    options.add_argument("--memory", default="4GB")
    options.add_argument("--master", default="local-cluster[2,1,1024]")
    asked = options.parse_args()
    engines = (Engine(), Engine("pool", processes=2), Engine("spark", master=asked.master))
    with tempfile.TemporaryDirectory() as home:
        made = Path(home) / "people"
        generate(asked.people, 7, made)
        print("| engine | seconds | ratio |", " | ".join(STAGES), "|", flush=True)
        print("| --- " * (3 + len(STAGES)) + "|", flush=True)
        first = 0.0
        for engine in engines:
            seconds, stages = _measured(made, Path(home) / engine.name, engine, asked)
            first = first or seconds
            each = " | ".join(f"{stages[stage]:.1f}" for stage in STAGES)
            print(f"| {engine.name} | {seconds:.0f} | {seconds / first:.2f} | {each} |", flush=True)


def _measured(
    made: Path, folder: Path, engine: Engine, asked: argparse.Namespace
) -> tuple[float, dict[str, float]]:
    """Seconds of one run, Spark's start included, and of each stage."""
    shutil.copytree(made, folder)
    begun = time.monotonic()
    manifest = run_workspace(folder, memory=asked.memory, parts=asked.parts, engine=engine)
    seconds = time.monotonic() - begun
    shutil.rmtree(folder)
    return seconds, {name: cost["seconds"] for name, cost in manifest.stages.items()}


if __name__ == "__main__":
    main()
