"""The statements of this stage that no pack can change: one SELECT a file, beside the code."""

from __future__ import annotations

from tangga.engine.runner import Part, Steps
from tangga.engine.statements import template


class _Relations(dict):
    """What is given by name; any other `$name` is the stage's own table of that name: of a table
    that was cut by the same key, the rows of this part alone."""

    def __init__(self, steps: Steps, given: dict[str, object], key: str, part: Part) -> None:
        super().__init__(given)
        self.steps, self.key, self.part = steps, key, part

    def __missing__(self, name: str) -> str:
        return self.steps.scan_part(name, self.key, self.part)


def run_statement(
    steps: Steps, name: str, cut: str | None = None, *, scratch: bool = True, **given: object
) -> str:
    """Run `sql/resolve/NAME.sql` as the step NAME; returns the table as a relation.

    cut: the integer that cuts it into parts (its `$part`), None for a step that is not cut. Such a
    statement joins tables that were cut by the same integer on that integer, or not at all.
    given: relations; any other `$name` is the table of this stage.
    """

    key = (cut or "").rpartition(".")[2]

    def sql(part: Part) -> str:
        own = given if cut is None else {**given, "part": part.cut(cut)}
        return template("resolve", name).substitute(_Relations(steps, own, key, part))

    steps.parts(name, sql, of=1 if cut is None else None, scratch=scratch, key=key)
    return steps.scan(name)


def statement(name: str, **relations: object) -> str:
    """The SELECT of `sql/resolve/NAME.sql` with its `$relations` filled in.

    KeyError for a relation that is left out.
    """
    return template("resolve", name).substitute(relations)
