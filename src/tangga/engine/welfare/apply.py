"""A saved model on a file of families: score, chances and deciles for every row, none left out.

The file is read piece after piece; what is kept of each family is its score, its chances and its
decile, so that ten million of them fit into an office computer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tangga.engine.welfare.answers import Hashes, fingerprints, lacks
from tangga.engine.welfare.before import read_before
from tangga.engine.welfare.columns import Floats, Ints, Mask, Table
from tangga.engine.welfare.deciles import Deciles, deciles
from tangga.engine.welfare.held import held, middles
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.spec import SHARES
from tangga.engine.welfare.table_file import TableFile, features_of, find_table, numbers, words
from tangga.errors import UserError
from tangga.registry.mistakes import nearest

ROWS = 1 << 18
"""Families read at a time."""
MILLION = 1_000_000
NOT_KNOWN = -1
RESULTS = (
    "id",
    "score",
    "probability",
    "probability_poorest",
    "decile_raw",
    "decile",
    "decile_local",
    "missing",
    "answers",
)
"""Columns that applying a model writes, before those that are kept."""

Progress = Callable[[str, int, int], None]
Millionths = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Asked:
    """Which columns of the file say what. members: how many live in a family (None: every family
    counts as one). local: the area within which local deciles are made. id: what a family is known
    by (None: its row, from 1). before: what an earlier `apply` wrote. keep: written as they are."""

    members: str | None = None
    local: str | None = None
    id: str | None = None
    before: Path | None = None
    keep: tuple[str, ...] = ()

    def columns(self) -> list[str]:
        """All columns that are named, each once."""
        named = (self.id, self.members, self.local, *self.keep)
        return list(dict.fromkeys(name for name in named if name is not None))


@dataclass(frozen=True)
class Applied:
    """What a model says of the families of a file, in its order.

    score: points; 0 where not known. chances: share -> the chance to be among the poorest, in
    millionths; -1 where not known. weight: of a family: its members, or 1. raw, decile, local: 0
    where there is none; local: None where none was asked for. answers, lacks: fingerprint, and
    names of what it did not know. ids, kept: columns of the file as they are. missing, unseen:
    families by feature, as in `Scored`.
    uncounted: with a score, but their members are not known: they have a decile and no weight.
    areas: how many there are. nowhere: families without an area. unchanged: families with the
    same answers as before and a decile then (None: no before). stayed, crossed: of these, those
    whose decile is that of before though the quota says another; those that crossed a line.
    """

    model: Model
    score: Ints
    known: Mask
    chances: Mapping[float, Millionths]
    weight: Ints
    raw: Deciles
    decile: Deciles
    local: Deciles | None
    answers: Hashes
    lacks: pa.ChunkedArray
    ids: pa.ChunkedArray | None
    kept: pa.Table
    missing: Mapping[str, int]
    unseen: Mapping[str, int]
    by_people: bool
    uncounted: int
    areas: int
    nowhere: int
    unchanged: int | None = None
    stayed: int = 0
    crossed: int = 0

    def __len__(self) -> int:
        return len(self.score)

    @property
    def repeated(self) -> int:
        """Rows whose id another row has too: nobody can tell later which of them is meant."""
        if self.ids is None:
            return 0
        counted = pc.value_counts(self.ids.drop_null()).field("counts")
        return pc.sum(pc.filter(counted, pc.greater(counted, 1))).as_py() or 0


def apply_model(
    model: Model, path: Path, asked: Asked | None = None, *, progress: Progress | None = None
) -> Applied:
    """Score every family of a CSV or Parquet file and give it deciles.

    A family without a score has no decile and weighs nothing; it is counted. Raises UserError where
    the file cannot be read, lacks a column, or holds members that are no number of people.
    """
    asked = asked or Asked()
    file = find_table(path)
    _check(file, model, asked)
    read = _Read(model, asked)
    for piece, first in _pieces(file, model, asked):
        table = features_of(piece, model.features, path, first)
        read.add(piece, table, path, first)
        if progress:
            progress(path.name, len(read), file.rows or 0)
    return _ranked(read, asked)


def _check(file: TableFile, model: Model, asked: Asked) -> None:
    for name in asked.keep:
        if name in RESULTS:
            todo = "Leave it out of --keep, or give it another name in the file"
            raise UserError(f"a column {name!r} is written anyway", file=file.path, todo=todo)
    for feature in model.features:
        if feature.column not in file.names:
            what = f"no column {feature.column!r}, which the model reads as {feature.name}"
            raise UserError(what, file=file.path, todo=nearest(feature.column, file.names))
    for name in file.absent(asked.columns()):
        raise UserError(f"no column {name!r}", file=file.path, todo=nearest(name, file.names))
    if asked.before is not None and asked.id is None:
        raise UserError("--before needs --id: the column by which families are known again")


def _pieces(file: TableFile, model: Model, asked: Asked) -> Iterator[tuple[pa.Table, int]]:
    columns = [*(feature.column for feature in model.features), *asked.columns()]
    coded = {feature.column for feature in model.features if not feature.numeric}
    coded |= {asked.local} - {None}
    first = 0
    for piece in file.pieces(columns, ROWS, coded=coded - {asked.id}):
        yield piece, first
        first += piece.num_rows


@dataclass
class _Read:
    """What was kept of the pieces read so far."""

    model: Model
    asked: Asked
    score: list[Ints] = field(default_factory=list)
    known: list[Mask] = field(default_factory=list)
    chances: dict[float, list[Millionths]] = field(default_factory=lambda: {s: [] for s in SHARES})
    members: list[Floats] = field(default_factory=list)
    areas: dict[str, int] = field(default_factory=dict)
    area: list[npt.NDArray[np.int32]] = field(default_factory=list)
    answers: list[Hashes] = field(default_factory=list)
    lacks: list[pa.DictionaryArray] = field(default_factory=list)
    columns: list[pa.Table] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    rows: int = 0

    def __len__(self) -> int:
        return self.rows

    def add(self, piece: pa.Table, table: Table, path: Path, first: int) -> None:
        """Score a piece of the file, and keep what is asked of it."""
        scored = self.model.score(table)
        self.score.append(scored.score)
        self.known.append(scored.known)
        for share, kept in self.chances.items():
            chance = self.model.chance_within(scored, share)
            kept.append(np.rint(np.nan_to_num(chance * MILLION, nan=NOT_KNOWN)).astype(np.int32))
        for counts, more in ((self.missing, scored.missing), (self.unseen, scored.unseen)):
            for name, count in more.items():
                counts[name] = counts.get(name, 0) + count
        self.answers.append(fingerprints(table, self.model.features))
        self.lacks.append(lacks(table, self.model.effects))
        self._of_file(piece, path, first)
        self.rows += len(table)

    def _of_file(self, piece: pa.Table, path: Path, first: int) -> None:
        asked = self.asked
        if asked.members is not None:
            values = numbers(piece.column(asked.members), asked.members, path, first).values
            _check_members(values, asked.members, path, first)
            self.members.append(values)
        if asked.local is not None:
            found = words(piece.column(asked.local))
            # Areas are numbered as they come; the numbers are seen by nobody.
            number = [self.areas.setdefault(word, len(self.areas)) for word in found.words]
            self.area.append(np.array([*number, NOT_KNOWN], dtype=np.int32)[found.codes])
        self.columns.append(piece.select(list(dict.fromkeys([*_id(asked), *asked.keep]))))


def _id(asked: Asked) -> list[str]:
    return [] if asked.id is None else [asked.id]


def _check_members(values: Floats, column: str, path: Path, first: int) -> None:
    wrong = np.flatnonzero((values < 1) | (values != np.rint(values)) & ~np.isnan(values))
    if len(wrong):
        what = f"family {first + wrong[0] + 1} of the file has no whole number of members from 1"
        todo = "Leave the cell blank where nobody knows how many they are"
        raise UserError(what, file=path, column=column, todo=todo)


def _ranked(read: _Read, asked: Asked) -> Applied:
    score, known = _joined(read.score, np.int64), _joined(read.known, bool)
    chances = {share: _joined(parts, np.int32) for share, parts in read.chances.items()}
    members = _joined(read.members, np.float64) if asked.members else np.ones(len(score))
    weight = np.nan_to_num(members).astype(np.int64)
    area = _joined(read.area, np.int32) if asked.local else None
    answers = _joined(read.answers, np.uint64)
    raw = deciles(score, known, weight)
    local = None if area is None else deciles(score, known, weight, within=area)
    columns = pa.concat_tables(read.columns)
    ids = None if asked.id is None else columns.column(asked.id)
    applied = {
        "model": read.model,
        "score": score,
        "known": known,
        "chances": chances,
        "weight": weight,
        "raw": raw,
        "local": local,
        "answers": answers,
        "lacks": pa.chunked_array(read.lacks),
        "ids": ids,
        "kept": columns.select(list(asked.keep)),
        "missing": read.missing,
        "unseen": read.unseen,
        "by_people": asked.members is not None,
        "uncounted": int(np.count_nonzero(known & np.isnan(members))),
        "areas": len(read.areas),
        "nowhere": 0 if area is None else int(np.count_nonzero(area < 0)),
    }
    if asked.before is None:
        return Applied(**applied, decile=raw)
    return Applied(**applied, **_held(read.model, asked.before, raw, ids, answers, chances, weight))


def _held(
    model: Model,
    path: Path,
    raw: Deciles,
    ids: pa.ChunkedArray,
    answers: Hashes,
    chances: Mapping[float, Millionths],
    weight: Ints,
) -> dict[str, object]:
    decile, same = read_before(path, ids, answers)
    unchanged = same & (decile > 0)
    said = {share: np.where(c < 0, np.nan, c / MILLION) for share, c in chances.items()}
    found = held(raw, decile, unchanged, said, model.held, middle=middles(said, weight))
    scored = unchanged & (raw > 0)
    return {
        "decile": found,
        "unchanged": int(np.count_nonzero(unchanged)),
        "stayed": int(np.count_nonzero(scored & (found == decile) & (found != raw))),
        "crossed": int(np.count_nonzero(scored & (found != decile))),
    }


def _joined(parts: Sequence[npt.NDArray[np.generic]], kind: type) -> npt.NDArray[np.generic]:
    whole = np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
    if isinstance(parts, list):
        parts.clear()
    return whole
