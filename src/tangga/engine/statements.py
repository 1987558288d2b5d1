"""The statements that no pack can change: one SELECT a file in `sql/STAGE`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent / "sql"


@cache
def template(stage: str, name: str) -> Template:
    """`sql/STAGE/NAME.sql`, its `$names` not yet filled in."""
    text = (FOLDER / stage / f"{name}.sql").read_text(encoding="utf-8")
    return Template(text.strip().removesuffix(";"))
