"""`tangga explain`."""

from __future__ import annotations

from pathlib import Path

from tangga.cli import screen


def explain(directory: Path, id: str) -> None:
    """Print what the last complete run knows about one person or family, and why."""
    from tangga.engine.explain import explain

    print_explanation(explain(directory, id))


def print_explanation(explanation: object) -> None:
    """An explanation is lines of text, Indonesian first."""
    screen.out.print(str(explanation), soft_wrap=True, markup=False)
