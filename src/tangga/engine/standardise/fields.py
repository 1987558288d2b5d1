"""How each registry column of a source is read: common forms in SQL, the rest in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlglot import exp

from tangga.engine.mapping import Mapping
from tangga.engine.standardise.codes import CodeReader
from tangga.engine.standardise.dates import EARLIEST, DateReader
from tangga.engine.standardise.expressions import cell, date_literal, joined, sql, text
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
WORDS = "nullif(trim(:t, ' \t\r\n\u00a0'), '')"
TIMESTAMP = "CASE WHEN :t LIKE '____-__-__ __:__:__' THEN TRY_CAST(:t AS TIMESTAMP) END"


@dataclass(frozen=True)
class Field:
    """One registry column of one source.

    received: the text as received (an expression over the raw row); '' and NULL say nothing.
    direct: the value where the text is of a common form, else NULL. read: every other text;
    None where `direct` says all there is. number: it is a national number of the pack.
    """

    name: str
    type: str
    received: exp.Expression
    direct: exp.Expression | None
    read: Callable[[str], Reading] | None
    number: bool = False

    @property
    def unusual(self) -> exp.Expression:
        """True for texts that only `read` understands."""
        if self.direct is None:
            return sql(":t <> ''", t=self.received)
        return sql(":t <> '' AND :d IS NULL", t=self.received, d=self.direct)


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
    direct, read = _readers(of, mapping, received, around)
    return Field(of.name, of.sql_type, received, direct, read, of.name in around.numbers)


def received_text(of: Column, mapping: Mapping) -> exp.Expression:
    """The text of a column, put together where the source splits it."""
    if mapping.constant is not None:
        return text(mapping.constant)
    if mapping.year:
        parts = [_trimmed(mapping.year), *map(_two_digits, (mapping.month, mapping.day))]
        return joined(parts, "-")
    if len(mapping.columns) == 1:
        return cell(mapping.columns[0])
    if of.type == "area":
        return joined([_trimmed(name) for name in mapping.columns], SPLIT)
    if of.type == "text":
        parts = [sql("nullif(trim(:t), '')", t=cell(name)) for name in mapping.columns]
        return sql_concat(mapping.separator or " ", parts)
    return joined([_trimmed(name) for name in mapping.columns], mapping.separator)


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
        return None, _area(mapping, around).read
    if of.type in ("integer", "money", "decimal"):
        direct = sql(WHOLE.format(type=of.sql_type), t=t)
        return direct, QuantityReader(of.type, around.style).read
    if of.type == "timestamp":
        return sql(TIMESTAMP, t=t), _timestamp
    return sql(WORDS, t=t), None


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


def number_condition(spec: NumberSpec, t: exp.Expression) -> exp.Expression:
    """True where a text is a good number as it stands."""
    conditions = [sql("regexp_full_match(:t, :p)", t=t, p=text(spec.pattern()))]
    if spec.forbidden():
        values = [text(value) for value in spec.forbidden()]
        conditions.append(exp.not_(exp.In(this=t.copy(), expressions=values)))
    conditions += [
        exp.not_(sql("starts_with(:t, :s)", t=t, s=text(start))) for start in spec.starts
    ]
    return exp.and_(*conditions)


def _date(of: Column, mapping: Mapping, t: exp.Expression, around: Surroundings) -> Readers:
    latest = around.today if of.not_after_as_of or of.name == BIRTH_DATE else None
    reader = DateReader(
        months=around.style.months,
        pivot=min(around.as_of, around.today),
        latest=latest,
        form=mapping.format,
        parts=mapping.year is not None,
        partial=of.name == BIRTH_DATE,
    )
    form = mapping.format or ""
    if not form:
        read = sql(FOUND_DATE if mapping.year is None else ISO, t=t)
    elif "%Y" in form:
        read = sql("CAST(try_strptime(:t, :f) AS DATE)", t=t, f=text(form))
    else:
        return None, reader.read
    low, high = date_literal(EARLIEST), date_literal(latest or FAR_AHEAD)
    template = "CASE WHEN :d BETWEEN :low AND :high THEN :d END"
    return sql(template, d=read, low=low, high=high), reader.read


def _area(mapping: Mapping, around: Surroundings) -> AreaReader:
    system = mapping.system or ""
    widths = around.style.widths.get(system, ())
    return AreaReader(around.areas, system, widths, split=len(mapping.columns) > 1)


def _timestamp(received: str) -> Reading:
    if is_missing(received):
        return NOTHING
    try:
        return Reading(datetime.fromisoformat(received.strip()).replace(tzinfo=None))
    except ValueError:
        return Reading(problem="not_a_date")
