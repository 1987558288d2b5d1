"""The condition of `--where`: one SQL expression over the columns of one table, nothing else."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tangga.errors import UserError

FORBIDDEN = (exp.Query, exp.Table, exp.Command, exp.DDL, exp.DML, exp.Window, exp.AggFunc)


def read(where: str, columns: list[str]) -> str:
    """The condition as SQL that can stand behind WHERE.

    UserError where it is not a single expression, asks another table, or names a column that
    the table lacks.
    """
    try:
        statements = sqlglot.parse(f"SELECT 1 FROM t WHERE {where}", dialect="duckdb")
    except SqlglotError:
        raise _wrong("cannot be read as an SQL condition", where) from None
    condition = _only_condition(statements, where)
    if any(condition.find_all(*FORBIDDEN)):
        raise _wrong("may hold no query, aggregate or other table", where)
    _check_columns(condition, columns)
    return condition.sql(dialect="duckdb")


def _only_condition(statements: list[exp.Expression | None], where: str) -> exp.Expression:
    """The part behind WHERE, if the statement has no other part."""
    if len(statements) == 1 and isinstance(statements[0], exp.Select):
        parts = {k for k, v in statements[0].args.items() if v}
        if parts <= {"kind", "expressions", "from_", "from", "where"}:
            return statements[0].args["where"].this
    raise _wrong("must be one condition, without further clauses", where)


def _check_columns(condition: exp.Expression, columns: list[str]) -> None:
    lower = {c.lower() for c in columns}
    for column in condition.find_all(exp.Column):
        if column.table or column.name.lower() not in lower:
            raise UserError(
                "--where names a column that the table lacks",
                value=column.sql(dialect="duckdb"),
                todo=f"Its columns are: {', '.join(columns)}",
            )


def _wrong(what: str, where: str) -> UserError:
    todo = "Write for example: --where \"sex = 'female' AND birth_year < 1960\""
    return UserError(f"--where {what}", value=where, todo=todo)
