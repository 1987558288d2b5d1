"""A group of commands that is read when one of them is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import typer
from typer.core import TyperGroup


def later(summary: str, commands: Callable[[], typer.Typer]) -> typer.Typer:
    """A Typer whose commands are those of another one, which is built when they are needed.

    Building a command reads the signature of its function: that of commands nobody asked for is
    time spent on every start.
    """

    class Later(TyperGroup):
        @property
        def commands(self) -> dict[str, Any]:  # type: ignore[override]
            return _built(commands)

        @commands.setter
        def commands(self, _given: Any) -> None:
            """None are given."""

    return typer.Typer(cls=Later, no_args_is_help=True, help=summary)


@cache
def _built(commands: Callable[[], typer.Typer]) -> dict[str, Any]:
    import typer.main

    group: Any = typer.main.get_command(commands())
    return dict(group.commands)
