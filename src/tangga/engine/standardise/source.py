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
from tangga.engine.standardise.readings import ReadField, under
from tangga.registry import Column, Table

PERSON_KINDS = ("people", "civil_registry")
AS_OF = Column("as_of", "date", {}, "open", "Tangga")


@dataclass(frozen=True)
class Source:
    """A source read so far that its rows can be written.

    cells: the source's columns in file order. read: registry column -> its field.
    as_of: the field of the row's date, if a column has it. repeats: some rows share an id;
    empty_ids: some have none where one is stated; nobody: some are of nobody; settled: rows that
    came back repaired for nothing are left out (repairs.py).
    """

    descriptor: Descriptor
    table: Table
    raw: str
    cells: tuple[str, ...]
    read: dict[str, ReadField]
    as_of: ReadField | None
    repeats: bool = False
    empty_ids: bool = True
    nobody: bool = True
    settled: bool = False

    @property
    def name(self) -> str:
        """The source's name."""
        return self.descriptor.name

    def carried(self) -> list[str]:
        """The registry columns that it fills."""
        return carried_columns(self.table, self.read)

    def rows(self) -> exp.Select:
        """A SELECT of the kept rows, without columns, with `repeats` beside them."""
        kept = kept_rows(self.raw, self.identifying() if self.nobody else {})
        return ids.joined_repeats(kept) if self.repeats else kept

    def identifying(self) -> dict[str, Field]:
        """The fields of which one makes a row somebody's; none where rows are not of persons."""
        if self.descriptor.kind not in PERSON_KINDS:
            return {}
        return {name: read.field for name, read in self.read.items()}

    def row_text(self) -> exp.Expression:
        """The cells of a row put together again."""
        return _row_text(self.cells, self.descriptor.delimiter or ",")

    def natural_id(self) -> exp.Expression:
        """The id before repeats are told apart."""
        stated = ids.stated_id(self.descriptor.id)
        if stated is not None and not self.empty_ids:
            return stated
        return ids.natural_id(self.descriptor.id, self.cells)

    def source_id(self) -> exp.Expression:
        """The id of a row."""
        if not self.repeats:
            return self.natural_id()
        own = column("source_id", ids.REPEATS)
        return exp.Coalesce(this=own, expressions=[self.natural_id()])

    def as_of_value(self, *, at_once: bool = False) -> exp.Expression:
        """The day a row speaks of, NULL where the source does not say."""
        if self.as_of is None:
            return exp.cast(date_literal(self.descriptor.as_of), "DATE")
        return self.as_of.value_at_once() if at_once else self.as_of.value()

    @property
    def joins(self) -> bool:
        """Whether its rows are joined to anything (DuckDB keeps their order only if not)."""
        read = (*self.read.values(), self.as_of)
        return (
            self.repeats
            or self.nobody
            or self.settled
            or any(one.joins for one in read if one is not None)
        )

    def with_as_of(self, rows: exp.Select) -> exp.Select:
        """The rows with what `as_of_value` needs beside them."""
        return _beside(rows, [self.as_of] if self.as_of else [])

    def select(self, columns: dict[str, str]) -> exp.Select:
        """The standardised rows; columns: name -> SQL type, NULL where the source has none."""
        inner = self.rows().select(exp.Column(this=exp.Star(), table=exp.to_identifier(ROW)))
        for name, value in self._under().items():
            inner = inner.select(exp.alias_(value, under(name), quoted=True))
        read = [*self.read.values(), *([self.as_of] if self.as_of else [])]
        rows = _beside(exp.select().from_(inner.subquery(ROW)), read)
        return rows.select(
            *(exp.alias_(self._value(name, columns), name, quoted=True) for name in columns)
        )

    def _under(self) -> dict[str, exp.Expression]:
        """What is worked out once in the inner SELECT and used by name in the outer one."""
        found: dict[str, exp.Expression] = {"source_id": self.source_id()}
        if self.repeats:
            found["version"] = column("version", ids.REPEATS)
            found["latest"] = sql("coalesce(:l, TRUE)", l=column("latest", ids.REPEATS))
        for read in (*self.read.values(), self.as_of):
            if read is not None and read.field.form is not None and read.field.read is not None:
                found[read.field.name] = read.field.form.copy()
        return found

    def _value(self, name: str, types: dict[str, str]) -> exp.Expression:
        if name in (fields.BIRTH_YEAR, fields.BIRTH_MONTH):
            return self._birth_part(name)
        if unread := self._unread(name):
            return unread
        if name in self.read:
            return self.read[name].value()
        fixed = self._fixed()
        return fixed[name] if name in fixed else exp.cast(exp.null(), types[name])

    def _unread(self, name: str) -> exp.Expression | None:
        """Of a column that tells of another's text that was not understood; None for any other."""
        told = self.table.columns.get(name)
        of = self.read.get(told.unread_of) if told is not None else None
        if of is None:
            return None
        own = self.read[name].value() if name in self.read else None
        return of.unread(otherwise=own)

    def _birth_part(self, name: str) -> exp.Expression:
        """Of the birth date, else of the source's own column."""
        part = name.removeprefix("birth_")
        found = []
        if whole := self.read.get(fields.BIRTH_DATE):
            found.append(whole.part(part))
        if own := self.read.get(name):
            found.append(own.value())
        if not found:
            return exp.cast(exp.null(), "INTEGER")
        return found[0] if len(found) == 1 else exp.Coalesce(this=found[0], expressions=found[1:])

    def _fixed(self) -> dict[str, exp.Expression]:
        of, id = self.descriptor, cell(under("source_id"))
        version = cell(under("version")) if self.repeats else None
        return {
            "rid": ids.record_id(of.name, id, version),
            "source": text(of.name),
            "source_id": id,
            "source_family_id": ids.stated_id(of.family) or exp.cast(exp.null(), "VARCHAR"),
            "kind": text(of.kind),
            "role": exp.cast(text(of.role) if of.role else exp.null(), "VARCHAR"),
            "as_of": self.as_of_value(),
            "trust": exp.cast(exp.Literal.number(of.trust), "INTEGER"),
            "latest": cell(under("latest")) if self.repeats else exp.true(),
            "file": cell("_file"),
            "line": cell("_line"),
        }


def _beside(rows: exp.Select, read: Iterable[ReadField]) -> exp.Select:
    """The rows with the tables of these readings joined to them."""
    for one in read:
        if one.joins:
            rows = rows.join(exp.to_table(one.table), on=one.on(), join_type="left")
    return rows


def all_rows(raw: str) -> exp.Select:
    """A SELECT of all raw rows, without columns."""
    return exp.select().from_(sql(f"SELECT * FROM {raw} AS {ROW}").args["from_"].this)


def kept_rows(raw: str, identifying: dict[str, Field]) -> exp.Select:
    """A SELECT of the rows that may be somebody's (of all rows where nothing can tell)."""
    tests = _empty_tests(identifying)
    if not tests:
        return all_rows(raw)
    return all_rows(raw).where(exp.or_(*(exp.not_(test) for test in tests)))


def nobody_rows(raw: str, identifying: dict[str, Field]) -> exp.Select:
    """A SELECT of the rows that can be nobody, without columns."""
    tests = _empty_tests(identifying)
    return all_rows(raw).where(*tests) if tests else all_rows(raw).where(exp.false())


def _empty_tests(of: dict[str, Field]) -> list[exp.Expression]:
    """Conditions that together say that a row has neither a name nor the text of a number.

    The cheap ones first: they settle nearly every row.
    """
    numbers = [of[name].received for name in ("nik", "kk") if name in of]
    tests = [sql("coalesce(length(:t) <= 4, TRUE)", t=number) for number in numbers]
    marks = [text(mark) for mark in sorted(MISSING | {"0"})]
    for number in numbers:
        said = sql("lower(trim(coalesce(:t, '')))", t=number)
        tests.append(exp.In(this=said, expressions=[mark.copy() for mark in marks]))
    if "name" in of:
        name = of["name"].received
        tests.append(sql("NOT coalesce(regexp_matches(:t, '[\\p{L}\\p{N}]'), FALSE)", t=name))
    return tests


def _row_text(cells: tuple[str, ...], delimiter: str) -> exp.Expression:
    quoted = """CASE WHEN regexp_matches(:t, :special)
        THEN concat('"', replace(:t, '"', '""'), '"') ELSE coalesce(:t, '') END"""
    special = text(f'[{delimiter}"\\r\\n]')
    texts = [exp.paren(sql(quoted, t=cell(name), special=special)) for name in cells]
    pieces: list[exp.Expression] = []
    for one in texts:
        pieces += [text(delimiter), one] if pieces else [one]
    return exp.Anonymous(this="concat", expressions=pieces)
