"""`tangga linkage train` and `tangga linkage evaluate`."""

from __future__ import annotations

import math
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tangga.cli import screen
from tangga.engine.evaluate import Evaluation, Score
from tangga.texts import both


def evaluate(directory: Path, truth: Path | None) -> None:
    """Print how the last complete run compares with the truth."""
    from tangga.engine.evaluate import evaluate

    print_evaluation(evaluate(directory, truth or directory / "truth.csv"))


def print_evaluation(found: Evaluation, *, flags: Collection[str] | None = None) -> None:
    """Precision, recall and F1 of persons and families; over-merged persons.

    flags: of the flagged records, only these (None: all).
    """
    rows = [
        _row(both("evaluate.pairs"), found.pairs),
        _row(both("evaluate.b_cubed"), found.b_cubed),
        _row(both("evaluate.families"), found.families),
    ]
    _print("evaluate.title", "evaluate.measure", rows)
    chosen = found.flagged if flags is None else flags
    rows = [_row(flag, score) for flag, score in found.flagged.items() if flag in chosen]
    if rows:
        _print("evaluate.flagged", "evaluate.flag", rows)
    # Up: the fewer the better, so cutting would make it look better than it is.
    percent = Decimal(math.ceil(10_000 * found.over_merged_share)).scaleb(-2)
    values = {"persons": found.over_merged, "all": found.persons, "percent": percent}
    screen.out.print(both("evaluate.over_merged", **values))
    screen.out.print(both("evaluate.missing", count=found.missing))
    if found.not_judged:
        screen.out.print(both("evaluate.not_judged", sources=", ".join(found.not_judged)))


def _print(title: str, first: str, rows: list[list[str]]) -> None:
    headings = [both(first), *(both(f"evaluate.{h}") for h in ("precision", "recall", "f1"))]
    screen.print_table(headings, rows, title=both(title, between=" / "))


def _row(name: str, score: Score) -> list[str]:
    return [name, *(decimal(x) for x in (score.precision, score.recall, score.f1))]


def decimal(share: Fraction, places: int = 4) -> str:
    """A share as a decimal number, cut, never rounded up to look better."""
    scaled = share.numerator * 10**places // share.denominator
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"


def train(directory: Path, out: Path, *, sample: int, seed: int) -> None:
    """Estimate the weights, write the model file and its card, and print what moved."""
    from tangga.engine.train import train_linkage

    with screen.bars() as progress:
        trained = train_linkage(directory, out=out, sample=sample, seed=seed, progress=progress)
    headings = ["comparison", "level", "before", "after", "how"]
    rows = [[w.comparison, w.level, w.before, w.after, w.how] for w in trained.weights]
    screen.print_table(headings, rows, title=trained.version)
    screen.out.print(both("export.model", file=out), soft_wrap=True)
