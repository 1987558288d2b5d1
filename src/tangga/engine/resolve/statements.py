"""The statements of this stage that no pack can change: one SELECT a file, beside the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

from tangga.engine.runner import Part, Steps

FOLDER = Path(__file__).parent.parent / "sql" / "resolve"


@cache
def _template(name: str) -> Template:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return Template(text.strip().removesuffix(";"))


class _Relations(dict):
    """What is given by name; any other `$name` is the stage's own table of that name."""

    def __init__(self, steps: Steps, given: dict[str, object]) -> None:
        super().__init__(given)
        self.steps = steps

    def __missing__(self, name: str) -> str:
        return self.steps.scan(name)


def run_statement(
    steps: Steps, name: str, cut: str | None = None, *, scratch: bool = True, **given: object
) -> str:
    """Run `sql/resolve/NAME.sql` as the step NAME; returns the table as a relation.

    cut: the integer that cuts it into parts (its `$part`), None for a step that is not cut.
    given: relations; any other `$name` is the table of this stage.
    """

    def sql(part: Part) -> str:
        own = given if cut is None else {**given, "part": part.cut(cut)}
        return _template(name).substitute(_Relations(steps, own))

    steps.parts(name, sql, of=1 if cut is None else None, scratch=scratch)
    return steps.scan(name)


def statement(name: str, **relations: object) -> str:
    """The SELECT of `sql/resolve/NAME.sql` with its `$relations` filled in.

    KeyError for a relation that is left out.
    """
    return _template(name).substitute(relations)
