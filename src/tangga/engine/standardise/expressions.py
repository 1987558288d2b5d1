"""Small pieces of SQL, built as trees so that no name or value can break out of them."""

from __future__ import annotations

from functools import cache

from sqlglot import exp, parse_one

DIALECT = "duckdb"
# The raw row of a source, in every query over it; what is joined to it has names of its own.
ROW = "src"


@cache
def _parsed(template: str) -> exp.Expression:
    return parse_one(template, dialect=DIALECT)


def sql(template: str, **parts: exp.Expression) -> exp.Expression:
    """An expression from DuckDB SQL, with every `:name` replaced by the expression of that name."""
    return exp.replace_placeholders(_parsed(template).copy(), **parts)


def column(name: str, table: str | None = None) -> exp.Column:
    """A column, quoted."""
    return exp.column(name, table=table, quoted=True)


def cell(name: str) -> exp.Column:
    """A column of the raw row."""
    return column(name, ROW)


def text(value: str) -> exp.Literal:
    """A text literal."""
    return exp.Literal.string(value)


def date_literal(value: object) -> exp.Expression:
    """A date as a literal, NULL for None."""
    return exp.null() if value is None else exp.cast(text(str(value)), "DATE")


# Most texts need no trimming, and looking at both ends is much cheaper than trimming.
TRIMMED = """CASE WHEN :t < '!' OR right(:t, 1) < '!'
    OR starts_with(:t, '\u00a0') OR ends_with(:t, '\u00a0')
    THEN nullif(trim(:t, ' \t\r\n\u00a0'), '') ELSE :t END"""


def trimmed(received: exp.Expression) -> exp.Expression:
    """A text without blanks around it; NULL where nothing is left."""
    return sql(TRIMMED, t=received)


def joined(parts: list[exp.Expression], separator: str) -> exp.Expression:
    """Texts one after the other; an absent part leaves its place empty."""
    pieces: list[exp.Expression] = []
    for part in parts:
        pieces += [text(separator), part] if pieces and separator else [part]
    return exp.Anonymous(this="concat", expressions=pieces)


def render(expression: exp.Expression, *, pretty: bool = False) -> str:
    """The SQL text for DuckDB."""
    return expression.sql(dialect=DIALECT, pretty=pretty)
