"""Reads a survey: outcome, weights, design and features of its households.

No household is dropped silently: what cannot be learnt from is counted, with its reason and lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from tangga.engine.welfare import table_file
from tangga.engine.welfare.columns import NONE, Codes, Floats, Ints, Mask
from tangga.engine.welfare.left_out import why as words_of
from tangga.engine.welfare.spec import Grouping, Spec
from tangga.engine.welfare.spec_file import line_of_column
from tangga.engine.welfare.survey import LeftOut, Survey
from tangga.engine.welfare.table_file import (
    TableFile,
    counted,
    features_of,
    find_table,
    read_table,
)
from tangga.errors import BadPack, UserError
from tangga.registry.mistakes import nearest

__all__ = ["read_survey", "read_table"]
LINES = 5
"""So many lines are named of those left out for one reason."""


def read_survey(path: Path, spec: Spec, *, census: bool = False) -> Survey:
    """The households of a CSV or Parquet file, as the spec reads them.

    census: every household counts once, whatever weights the file holds. Raises BadPack where the
    spec names columns that the file lacks, UserError where the file cannot be read or where no
    household is left.
    """
    file = find_table(path)
    weight = None if census else spec.weight
    columns = [name for name in spec.columns() if not census or name != spec.weight]
    _check_columns(file, spec, columns)
    read = file.read(columns)
    members = _numbers(read, spec.members, path)
    outcome = _numbers(read, spec.outcome, path)
    weights = _numbers(read, weight, path)
    cluster, stratum = _design(read, spec)
    reasons = _reasons(spec, outcome, weights, members, cluster)
    kept, left_out = _left_out(reasons, path)
    if not kept.any():
        raise _nothing_left(path, read.num_rows, left_out)
    household = spec.per == "household"
    survey = Survey(
        file=path,
        spec=spec,
        rows=read.num_rows,
        lines=np.arange(1, read.num_rows + 1),
        outcome=outcome / np.where(kept, members, 1.0) if household else outcome,
        weight=weights,
        members=members,
        cluster=cluster,
        stratum=stratum,
        line=_line(read, spec, path),
        table=features_of(read, spec.features, path),
        groups={group.name: _group(read, group, path) for group in spec.groupings},
        left_out=left_out,
    )
    return survey if kept.all() else survey.take(kept)


def _check_columns(file: TableFile, spec: Spec, columns: Sequence[str]) -> None:
    absent = file.absent(columns)
    mistakes = []
    for column in absent:
        where, line = line_of_column(spec, column)
        todo = nearest(column, file.names)
        if column == spec.weight:
            todo += " Of a census, where every household counts once, say so: --census"
        said = f"{where}: {file.path.name} has no column {column!r}"
        mistakes.append(BadPack(said, file=spec.file.name, line=line, todo=todo))
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        listed = "".join(f"\n  {mistake.sentence()}" for mistake in mistakes)
        raise BadPack(f"{len(mistakes)} columns are not in the survey:{listed}", file=spec.file)


def _numbers(read: pa.Table, column: str | None, path: Path) -> Floats:
    """A column; ones where the spec names none."""
    if column is None:
        return np.ones(read.num_rows)
    return table_file.numbers(read.column(column), column, path).values


def _line(read: pa.Table, spec: Spec, path: Path) -> Floats:
    if isinstance(spec.line, str):
        return _numbers(read, spec.line, path)
    return np.full(read.num_rows, np.nan if spec.line is None else spec.line)


def _design(read: pa.Table, spec: Spec) -> tuple[Ints, Ints]:
    """(cluster, stratum) of each household; a cluster of -1 is not known.

    Without clusters each household is one. The same code in two strata means two clusters, as
    offices often number them anew in each. Nothing recorded is a stratum of its own.
    """
    stratum = np.zeros(read.num_rows, dtype=np.int64)
    for name in spec.strata:
        codes = table_file.words(read.column(name)).codes
        stratum = _together(stratum, codes)
    if spec.cluster is None:
        return np.arange(read.num_rows), stratum
    codes = table_file.words(read.column(spec.cluster)).codes
    return np.where(codes == NONE, NONE, _together(stratum, codes)), stratum


def _together(left: Ints, right: np.ndarray) -> Ints:
    """Numbers from 0 for the pairs that occur, in order."""
    pairs = left * (int(right.max(initial=0)) + 2) + right + 1
    return np.unique(pairs, return_inverse=True)[1].astype(np.int64)


def _group(read: pa.Table, grouping: Grouping, path: Path) -> Codes:
    column = read.column(grouping.column)
    if not grouping.cuts:
        return table_file.words(column)
    values = table_file.numbers(column, grouping.column, path).values
    found = np.searchsorted(np.array(grouping.cuts), values, side="right").astype(np.int32)
    found[np.isnan(values)] = NONE
    return Codes(found, cut_words(grouping.cuts))


def cut_words(cuts: Sequence[float]) -> list[str]:
    """What groups of a number are called, in order: `< 3`, `>= 3, < 5`, `>= 5`."""
    middle = [f">= {low:g}, < {high:g}" for low, high in pairwise(cuts)]
    return [f"< {cuts[0]:g}", *middle, f">= {cuts[-1]:g}"]


def _reasons(
    spec: Spec, outcome: Floats, weight: Floats, members: Floats, cluster: Ints
) -> dict[str, Mask]:
    """Why households cannot be learnt from, as codes, in the order in which they are told."""
    positive = spec.log or spec.kind == "consumption"
    return {
        "no_weight": np.isnan(weight),
        "weight_not_above_0": weight <= 0,
        "no_outcome": np.isnan(outcome),
        "outcome_not_above_0": (outcome <= 0) & positive,
        "no_members": np.isnan(members),
        "members_below_1": members < 1,
        "no_cluster": cluster == NONE,
    }


def _left_out(reasons: Mapping[str, Mask], path: Path) -> tuple[Mask, tuple[LeftOut, ...]]:
    """(households that can be learnt from, the others by the first reason that holds)."""
    word, first = counted(path)
    kept = ~np.zeros_like(next(iter(reasons.values())))
    found = []
    for reason, holds in reasons.items():
        which = np.flatnonzero(holds & kept)
        kept[which] = False
        if len(which):
            lines = tuple(int(row) + first for row in which[:LINES])
            found.append(LeftOut(reason, len(which), lines, word))
    return kept, tuple(found)


def _nothing_left(path: Path, rows: int, left_out: Sequence[LeftOut]) -> UserError:
    if rows == 0:
        return UserError("the survey holds no household", file=path)
    why = "; ".join(f"{words_of(one.reason, 'en')}: {one.rows}" for one in left_out)
    what = f"none of the {rows} households can be learnt from: {why}"
    return UserError(what, file=path, todo="Check the columns that [outcome] and [survey] name")
