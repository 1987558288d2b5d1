"""The card of a trained model: data, method, weights old and new, limits."""

from __future__ import annotations

from tangga.engine.train.estimate import CONVERGED, ITERATIONS, OBSERVED
from tangga.engine.train.model_file import TrainedModel
from tangga.engine.train.weights import (
    LOWEST,
    PLACE_AGAINST,
    PLACE_BESIDE,
    PLACE_BITS,
    PLACE_STEP,
    Level,
    rarity_of,
)


def card(trained: TrainedModel) -> str:
    """The card as Markdown. It holds counts and weights, and no value of any record."""
    return _TEXT.format(
        version=trained.version,
        before=trained.before,
        records=trained.sample.records,
        of=trained.sample.of,
        pairs=trained.sample.pairs,
        strangers=trained.sample.strangers,
        random_pairs=trained.random_pairs,
        seed=trained.seed,
        observed=OBSERVED,
        iterations=ITERATIONS,
        converged=CONVERGED,
        steps=len(trained.matched) - 1,
        first=trained.matched[0],
        last=trained.matched[-1],
        programs=", ".join(f"{name} {v}" for name, v in sorted(trained.programs.items())),
        rare=_rare(trained),
        beside=PLACE_BESIDE,
        place=PLACE_BITS,
        step=PLACE_STEP,
        against=PLACE_AGAINST,
        lowest=LOWEST,
        rows="\n".join(_row(weight) for weight in trained.weights),
        moved=_moved(trained),
    )


def _rare(trained: TrainedModel) -> str:
    """`name, sorted` and so on: the levels that are worth a rarity beside their weight."""
    by_name = {c.name: c for c in trained.model.comparisons}
    return "; ".join(
        f"{w.comparison}, {w.level}"
        for w in trained.weights
        if rarity_of(by_name[w.comparison], w.level) is not None
    )


def _row(w: Level) -> str:
    shares = " | ".join("" if value is None else f"{value:.3g}" for value in (w.m, w.u))
    return f"| {w.comparison} | {w.level} | {shares} | {w.before:+.2f} | {w.after:+.2f} | {w.how} |"


def _moved(trained: TrainedModel) -> str:
    learnt = [w for w in trained.weights if w.how in ("estimated", "capped")]
    if not learnt:
        return "No weight was estimated."
    most = max(learnt, key=lambda w: (abs(w.after - w.before), w.comparison, w.level))
    mean = sum(abs(w.after - w.before) for w in learnt) / len(learnt)
    return (
        f"{len(learnt)} weights were estimated; on average they moved by {mean:.1f} bits, most of "
        f"all {most.comparison}, {most.level}: {most.before:+.2f} to {most.after:+.2f}."
    )


_TEXT = """# Linking model {version}

Estimated by `tangga linkage train` from version {before}. A weight is a number of bits: log2 of
how much likelier a level is within one person (m) than between strangers (u).

## Data

{records:,} of {of:,} records in force, taken by a hash of seed {seed} and the national number, so
that records of one number stay together and the same sample is cut again from the same data.
They hold {pairs:,} pairs of an equal number, and {strangers:,} records with no number or the
first of theirs, which stand for strangers.

## Method

- u: at most {random_pairs:,} random pairs of strangers, until each level was met {observed} times.
- m: expectation maximisation (Splink) over the pairs of an equal number, without term
  frequencies, at most {iterations} iterations or until nothing moves by {converged}. It took
  {steps} iterations; the share taken for one person went from {first} to {last}.
- What blocking on the number determines stays as it was (`fixed`): the weights of the number
  itself. So does what is no matter of one pair (two rows of one household visit).
- Equal names and equal dates are worth their rarity, up to the limits of the model. Some levels are
  worth a rarity and the weight below: {rare}.
- Place: at most {beside} bits beside the rarity of the place (without rarity: {place} bits at the
  nearest level, {step} less at each wider one), because a family shares all of it; not below
  {against}, because those without a number move more than those who teach here.
- Elsewhere no level is worth less than {lowest} bits. A limit that was reached is said (`capped`);
  a level that was never met keeps its weight (`not met`).
- Programs: {programs}.

## Weights

{moved}

| comparison | level | m | u | before | after | how |
| --- | --- | ---: | ---: | ---: | ---: | --- |
{rows}

## Limits

- Thresholds, blocks, keys and limits are those of version {before}; only weights were estimated.
  Judge the model on records whose truth is known before it is put in force
  (`tangga linkage evaluate`), and read the thresholds again.
- m is learnt from people whose number was written down equally twice. Those without a number may
  have worse names and dates.
- Evidence is added up as if it were independent. Families are not: hence the limits on place, and
  hence nothing here says how likely an error is.
- Another seed moves weights by some tenths of a bit; rare levels by more.

## Use

Put the file in place of `models/linkage.toml` in a copy of the country pack, name that pack in
`tangga.toml`, and run with `--full`.
"""
