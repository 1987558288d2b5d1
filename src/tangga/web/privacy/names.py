"""What columns and values are called in a person's copy: in words, not in codes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.model import Column
from tangga.texts import Language, catalogue, long_date, say
from tangga.web.pack import area_name, code_label, pack
from tangga.web.policy.book import book
from tangga.web.privacy.tables import CASE
from tangga.web.register.tables import stored

FILE = Path(__file__).parent / "columns.toml"
WON = "won_"
AREAS = ("area", "village")
PROGRAMME = "programme"


@cache
def _said() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def internal(column: str) -> bool:
    """Whether it is a number of ours that says nothing to the person."""
    return column in _said()["internal"]


def known(table: str, column: str) -> bool:
    """Whether a column has a name for people."""
    return internal(column) or label(table, column, "id") != column.replace("_", " ")


def label(table: str, column: str, language: Language) -> str:
    """What a column is called."""
    if column.startswith(WON):
        of = table.replace("provenance_", "")
        return say("web_privacy.won", language, of=label(of, column.removeprefix(WON), language))
    declared = _declared(table, column)
    if declared is not None:
        return declared.labels.get(language, column)
    for key in (f"web_list_column.{table}_{column}", f"web_list_column.{column}"):
        if key in catalogue():
            return say(key, language)
    words = _said()["columns"].get(column)
    return words[language != "id"] if words else column.replace("_", " ")


def value(table: str, column: str, text: str) -> str:
    """A value in words; papers speak Indonesian."""
    declared = _declared(table, column)
    if declared is not None and declared.codes is not None:
        return code_label(declared.codes.name, text, "id")
    if column == PROGRAMME:
        return book().label(text, "id")
    codes = _said()["codes"].get(column)
    if codes:
        return code_label(codes, text, "id")
    if column.rpartition("_")[2] in AREAS and text[:1].isdigit():
        return area_name(text)
    return _day(text)


def _day(text: str) -> str:
    if len(text) != len("2026-01-31") or text[4] != "-":
        return text
    try:
        return long_date(date.fromisoformat(text), "id")
    except ValueError:
        return text


def _declared(table: str, column: str) -> Column | None:
    name = table.removesuffix(CASE)
    storage = stored().get(name)
    schema = storage.schema if storage is not None and storage.schema else _SCHEMAS.get(name, "")
    known_columns = pack().tables.get(schema)
    return known_columns.columns.get(column) if known_columns is not None else None


_SCHEMAS = {"events": "event", "overlay_event": "event", "visits": "visit", "visits_visit": "visit"}
"""Tables whose columns are those of a table of the schema, without being stored as one."""
