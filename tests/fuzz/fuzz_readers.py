"""All readers by name."""

from __future__ import annotations

from fuzz_reader import Reader


def names() -> list[str]:
    """Of all readers, in the order of the table."""
    return [reader.name for reader in _all()]


def reader_of(name: str) -> Reader:
    """One of them; KeyError for a name that is none."""
    return {reader.name: reader for reader in _all()}[name]


def _all() -> tuple[Reader, ...]:
    from fuzz_settings import WRITTEN
    from fuzz_tables import TABLES

    return TABLES + WRITTEN
