"""How each registry column of a source is read: common forms in SQL, the rest in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlglot import exp

from tangga.engine.mapping import Mapping
from tangga.engine.standardise.codes import CodeReader
from tangga.engine.standardise.dates import EARLIEST, DateReader
from tangga.engine.standardise.expressions import cell, date_literal, joined, sql, text, trimmed
from tangga.engine.standardise.numbers import NumberReader, NumberSpec
from tangga.engine.standardise.places import SPLIT, AreaReader
from tangga.engine.standardise.quantities import BooleanReader
from tangga.engine.standardise.quantities import NumberReader as QuantityReader
from tangga.engine.standardise.reading import NOTHING, Reading, is_missing
from tangga.engine.standardise.style import Style
from tangga.registry import Column
from tangga.registry.areas import Areas

# A birth date may be known in part; then birth_year and birth_month hold what is known.
BIRTH_DATE, BIRTH_YEAR, BIRTH_MONTH = "birth_date", "birth_year", "birth_month"
FAR_AHEAD = date(2200, 1, 1)

ISO = "CASE WHEN :t LIKE '____-__-__' THEN TRY_CAST(:t AS DATE) END"
FOUND_DATE = """CASE WHEN :t LIKE '____-__-__' THEN TRY_CAST(:t AS DATE)
    WHEN :t LIKE '__-__-____' THEN CAST(try_strptime(:t, '%d-%m-%Y') AS DATE)
    WHEN :t LIKE '__/__/____' THEN CAST(try_strptime(:t, '%d/%m/%Y') AS DATE)
    WHEN :t LIKE '____-__-__ 00:00:00' THEN TRY_CAST(left(:t, 10) AS DATE) END"""
WHOLE = "CASE WHEN CAST(TRY_CAST(:t AS BIGINT) AS VARCHAR) = :t THEN TRY_CAST(:t AS {type}) END"
TIMESTAMP = "CASE WHEN :t LIKE '____-__-__ __:__:__' THEN TRY_CAST(:t AS TIMESTAMP) END"


@dataclass(frozen=True)
class Field:
    """One registry column of one source.

    received: the text as received (an expression over the raw row); '' and NULL say nothing.
    form: the value where the text is of a common form, else NULL. within: the first and last
    value that `form` may give. read: reads every other text; None where `form` says all there
    is. number: what a national number looks like. many: its texts are nearly all different.
    by_file: what a text means depends on its file.
    """

    name: str
    type: str
    received: exp.Expression
    form: exp.Expression | None
    read: Callable[[str], Reading] | None
    within: tuple[exp.Expression, exp.Expression] | None = None
    number: NumberSpec | None = None
    many: bool = False
    by_file: bool = False

    @property
    def plain(self) -> bool:
        """Whether its texts may stand in SQL that is kept: codes of a form, nobody's data."""
        return self.form is None and self.type in ("VARCHAR", "BOOLEAN")

    def accepted(self, form: exp.Expression) -> exp.Expression:
        """What `form` gives, or a column that holds it, if it is within bounds; else NULL."""
        if self.within is None:
            return form.copy()
        low, high = self.within
        return sql("CASE WHEN :f BETWEEN :low AND :high THEN :f END", f=form, low=low, high=high)

    def unusual(self, received: exp.Expression) -> exp.Expression:
        """True for texts that only `read` understands."""
        said = sql(":t <> ''", t=received)
        if self.form is None:
            return said
        return exp.and_(said, sql(":d IS NULL", d=self.accepted(self.form)))


@dataclass(frozen=True)
class Surroundings:
    """What fields of all sources are read with.

    as_of: of the source, the pivot of two-digit years. today: the workspace's, the future begins
    after it. rounded: number column -> files whose numbers a spreadsheet has rounded.
    """

    style: Style
    areas: Areas
    numbers: dict[str, NumberSpec]
    as_of: date
    today: date
    rounded: dict[str, tuple[str, ...]] = field(default_factory=dict)


def make_field(of: Column, mapping: Mapping, around: Surroundings) -> Field:
    """The field of a registry column from a descriptor's mapping."""
    received = received_text(of, mapping)
    form, read = _readers(of, mapping, received, around)
    return Field(
        name=of.name,
        type=of.sql_type,
        received=received,
        form=form,
        read=read,
        within=_bounds(of, around) if of.type == "date" else None,
        number=around.numbers.get(of.name),
        by_file=of.name in around.rounded,
        many=of.name in around.numbers or of.type == "timestamp",
    )


def received_text(of: Column, mapping: Mapping) -> exp.Expression:
    """The text of a column, put together where the source splits it."""
    if mapping.constant is not None:
        return text(mapping.constant)
    if mapping.in_file is not None:
        return sql("regexp_extract(:f, :p)", f=_file(mapping), p=text(mapping.in_file))
    if mapping.year:
        parts = [_trimmed(mapping.year), *map(_two_digits, (mapping.month, mapping.day))]
        return joined(parts, "-")
    if len(mapping.columns) == 1:
        return cell(mapping.columns[0])
    if of.type == "area":
        return joined([_trimmed(name) for name in mapping.columns], SPLIT)
    if of.type == "text":
        parts = [trimmed(cell(name)) for name in mapping.columns]
        return sql_concat(mapping.separator or " ", parts)
    return joined([_trimmed(name) for name in mapping.columns], mapping.separator)


def _file(mapping: Mapping) -> exp.Expression:
    """The name of a row's file: that in which it was first received."""
    if mapping.origin is None:
        return cell("_file")
    return sql("coalesce(nullif(trim(:o), ''), :f)", o=cell(mapping.origin), f=cell("_file"))


def sql_concat(separator: str, parts: list[exp.Expression]) -> exp.Expression:
    """Texts with a separator between those that are there."""
    return exp.Anonymous(this="concat_ws", expressions=[text(separator), *parts])


def _trimmed(name: str) -> exp.Expression:
    return sql("trim(:t)", t=cell(name))


def _two_digits(name: str) -> exp.Expression:
    template = "CASE WHEN length(trim(:t)) = 1 THEN concat('0', trim(:t)) ELSE trim(:t) END"
    return sql(template, t=cell(name))


Readers = tuple[exp.Expression | None, Callable[[str], Reading] | None]


def _readers(of: Column, mapping: Mapping, t: exp.Expression, around: Surroundings) -> Readers:
    if of.name in around.numbers:
        return _number(of, t, around)
    if of.type == "date":
        return _date(of, mapping, t, around)
    if of.type == "code":
        assert of.codes is not None
        return None, CodeReader(of.codes.codes, mapping.codes).read
    if of.type == "boolean":
        return None, BooleanReader(around.style, mapping.codes).read
    if of.type == "area":
        return None, area_reader(mapping, around).read
    if of.type in ("integer", "money", "decimal"):
        direct = sql(WHOLE.format(type=of.sql_type), t=t)
        return direct, QuantityReader(of.type, around.style).read
    if of.type == "timestamp":
        return sql(TIMESTAMP, t=t), _timestamp
    return trimmed(t), None


def _number(of: Column, t: exp.Expression, around: Surroundings) -> Readers:
    spec = around.numbers[of.name]
    direct = number_condition(spec, t)
    files = around.rounded.get(of.name, ())
    if files:
        rounded = sql(
            "ends_with(:t, '0') AND :in",
            t=t,
            **{"in": exp.In(this=cell("_file"), expressions=[text(f) for f in files])},
        )
        direct = exp.and_(direct, exp.not_(exp.paren(rounded)))
    reader = NumberReader(spec, around.areas.by_code)
    return sql("CASE WHEN :good THEN :t END", good=direct, t=t), reader.read


def bare_number(spec: NumberSpec, t: exp.Expression) -> exp.Expression:
    """A text without the signs that people put between digits, and without `.0` behind."""
    template = """translate(CASE WHEN contains(:t, '.0') OR contains(:t, ',0')
        THEN regexp_replace(:t, '[.,]0+$', '') ELSE :t END, :signs, '')"""
    return sql(template, t=t, signs=text(spec.signs))


def number_condition(spec: NumberSpec, t: exp.Expression) -> exp.Expression:
    """True where a text is a good number as it stands."""
    conditions = [sql("regexp_full_match(:t, :p)", t=t, p=text(spec.pattern()))]
    conditions += [sql(":t <> :v", t=t, v=text(value)) for value in spec.forbidden()]
    conditions += [
        exp.not_(sql("starts_with(:t, :s)", t=t, s=text(start))) for start in spec.starts
    ]
    return exp.and_(*conditions)


def _date(of: Column, mapping: Mapping, t: exp.Expression, around: Surroundings) -> Readers:
    reader = DateReader(
        months=around.style.months,
        pivot=min(around.as_of, around.today),
        latest=_latest(of, around),
        form=mapping.format,
        parts=mapping.year is not None,
        partial=of.name == BIRTH_DATE,
    )
    form = mapping.format
    if form is None:
        return sql(FOUND_DATE if mapping.year is None else ISO, t=t), reader.read
    if "%Y" in form:
        return sql("CAST(try_strptime(:t, :f) AS DATE)", t=t, f=text(form)), reader.read
    return None, reader.read


def _latest(of: Column, around: Surroundings) -> date | None:
    return around.today if of.not_after_as_of or of.name == BIRTH_DATE else None


def _bounds(of: Column, around: Surroundings) -> tuple[exp.Expression, exp.Expression]:
    return date_literal(EARLIEST), date_literal(_latest(of, around) or FAR_AHEAD)


def area_reader(mapping: Mapping, around: Surroundings, system: str | None = None) -> AreaReader:
    """The reader of area codes as the descriptor says, or as if they were of another system."""
    system = system or mapping.system or ""
    widths = around.style.widths.get(system, ())
    return AreaReader(around.areas, system, widths, split=len(mapping.columns) > 1)


def _timestamp(received: str) -> Reading:
    if is_missing(received):
        return NOTHING
    try:
        return Reading(datetime.fromisoformat(received.strip()).replace(tzinfo=None))
    except ValueError:
        return Reading(problem="not_a_date")
