"""One source on its way: its raw rows, ids, fields, and the SELECT of its standardised rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from tangga.engine.descriptor import Descriptor
from tangga.engine.standardise import fields, ids
from tangga.engine.standardise.columns import carried_columns
from tangga.engine.standardise.expressions import (
    ROW,
    cell,
    column,
    date_literal,
    sql,
    text,
)
from tangga.engine.standardise.fields import Field
from tangga.engine.standardise.reading import MISSING
from tangga.engine.standardise.readings import ReadField
from tangga.registry import Column, Table

PERSON_KINDS = ("people", "civil_registry")
AS_OF = Column("as_of", "date", {}, "open", "Tangga")


@dataclass(frozen=True)
class Source:
    """A source read so far that its rows can be written.

    cells: the source's columns in file order. read: registry column -> its field.
    repeats: whether some rows share an id. as_of: the field of the row's date, if a column has it.
    """

    descriptor: Descriptor
    table: Table
    raw: str
    cells: tuple[str, ...]
    read: dict[str, ReadField]
    as_of: ReadField | None
    repeats: bool

    @property
    def name(self) -> str:
        """The source's name."""
        return self.descriptor.name

    def carried(self) -> list[str]:
        """The registry columns that it fills."""
        return carried_columns(self.table, self.read)

    def rows(self) -> exp.Select:
        """A SELECT of the kept rows, without columns, with `repeats` beside them."""
        kept = kept_rows(self.raw, self.read_fields())
        return ids.joined_repeats(kept) if self.repeats else kept

    def read_fields(self) -> dict[str, Field] | None:
        """The fields by which a row is somebody's; None for kinds that are not of persons."""
        if self.descriptor.kind not in PERSON_KINDS:
            return None
        return {name: read.field for name, read in self.read.items()}

    def natural_id(self) -> exp.Expression:
        """The id before repeats are told apart."""
        return ids.natural_id(self.descriptor.id, self.cells)

    def source_id(self) -> exp.Expression:
        """The id of a row."""
        if not self.repeats:
            return self.natural_id()
        own = column("source_id", ids.REPEATS)
        return exp.Coalesce(this=own, expressions=[self.natural_id()])

    def as_of_value(self) -> exp.Expression:
        """The day a row speaks of."""
        return as_of_value(self.descriptor, self.as_of)

    def with_as_of(self, rows: exp.Select) -> exp.Select:
        """The rows with what `as_of_value` needs beside them."""
        return _beside(rows, [self.as_of] if self.as_of else [])

    def select(self, columns: dict[str, str]) -> exp.Select:
        """The standardised rows; columns: name -> SQL type, NULL where the source has none."""
        rows = _beside(self.with_as_of(self.rows()), self.read.values())
        return rows.select(
            *(exp.alias_(self._value(name, columns), name, quoted=True) for name in columns)
        )

    def _value(self, name: str, types: dict[str, str]) -> exp.Expression:
        if name in self.read and name not in (fields.BIRTH_YEAR, fields.BIRTH_MONTH):
            return self.read[name].value()
        if name in (fields.BIRTH_YEAR, fields.BIRTH_MONTH):
            return self._birth_part(name)
        fixed = self._fixed()
        return fixed[name] if name in fixed else exp.cast(exp.null(), types[name])

    def _birth_part(self, name: str) -> exp.Expression:
        """Of the birth date, else of the source's own column."""
        part = name.removeprefix("birth_")
        found = []
        if whole := self.read.get(fields.BIRTH_DATE):
            found.append(whole.part(part, f"CAST({part}(:d) AS INTEGER)"))
        if own := self.read.get(name):
            found.append(own.value())
        if not found:
            return exp.cast(exp.null(), "INTEGER")
        return found[0] if len(found) == 1 else exp.Coalesce(this=found[0], expressions=found[1:])

    def _fixed(self) -> dict[str, exp.Expression]:
        of, id = self.descriptor, self.source_id()
        version = column("version", ids.REPEATS) if self.repeats else exp.null()
        latest = sql("coalesce(:l, TRUE)", l=column("latest", ids.REPEATS))
        return {
            "rid": ids.record_id(of.name, id, version),
            "source": text(of.name),
            "source_id": id,
            "source_family_id": ids.stated_id(of.family) or exp.cast(exp.null(), "VARCHAR"),
            "kind": text(of.kind),
            "role": exp.cast(text(of.role) if of.role else exp.null(), "VARCHAR"),
            "as_of": self.as_of_value(),
            "trust": exp.cast(exp.Literal.number(of.trust), "INTEGER"),
            "latest": latest if self.repeats else exp.true(),
            "file": cell("_file"),
            "line": cell("_line"),
        }


def _beside(rows: exp.Select, read: Iterable[ReadField]) -> exp.Select:
    """The rows with the tables of these readings joined to them."""
    for one in read:
        if one.joins:
            rows = rows.join(exp.to_table(one.table), on=one.on(), join_type="left")
    return rows


def as_of_value(of: Descriptor, read: ReadField | None) -> exp.Expression:
    """The day a row speaks of, NULL where the source does not say."""
    return read.value() if read else exp.cast(date_literal(of.as_of), "DATE")


def all_rows(raw: str) -> exp.Select:
    """A SELECT of all raw rows, without columns."""
    return exp.select().from_(sql(f"SELECT * FROM {raw} AS {ROW}").args["from_"].this)


def kept_rows(raw: str, identifying: dict[str, Field] | None) -> exp.Select:
    """A SELECT of the rows that may be somebody's (all rows where `identifying` is None)."""
    kept = somebody(identifying or {})
    return all_rows(raw) if kept is None else all_rows(raw).where(kept)


def somebody(of: dict[str, Field]) -> exp.Expression | None:
    """True for a row with a name or the text of a number; None where a source has neither."""
    numbers = [of[name].received for name in ("nik", "kk") if name in of]
    # The cheap test first: it settles nearly every row.
    tests = [sql("coalesce(length(:t) > 4, FALSE)", t=number) for number in numbers]
    tests += [sql("coalesce(:t, FALSE)", t=_says_something(number)) for number in numbers]
    if "name" in of:
        name = of["name"].received
        tests.append(sql("coalesce(regexp_matches(:t, '[\\p{L}\\p{N}]'), FALSE)", t=name))
    return exp.or_(*tests) if tests else None


def _says_something(received: exp.Expression) -> exp.Expression:
    marks = [text(mark) for mark in sorted(MISSING | {"0"})]
    return exp.not_(exp.In(this=sql("lower(trim(:t))", t=received), expressions=marks))
