"""All readers by name."""

from __future__ import annotations

from fuzz_reader import Reader

OF_TABLES = ("csv", "xlsx", "parquet", "packed")
WRITTEN = (
    "descriptor", "workspace", "pack", "policy", "rules", "estimates", "office",
    "areas", "spec", "scenario",
    "model", "rulings",
)  # fmt: skip
OF_THE_SERVICE = ("upload", "visits", "bank", "picture", "document", "release")
NAMES = OF_TABLES + WRITTEN + OF_THE_SERVICE


def reader_of(name: str) -> Reader:
    """One of them, importing nothing that it does not need; KeyError for a name that is none."""
    if name in OF_THE_SERVICE:
        from fuzz_web import web_readers

        found = web_readers()
    elif name in WRITTEN:
        from fuzz_settings import WRITTEN_BY_HAND

        found = WRITTEN_BY_HAND
    else:
        from fuzz_tables import TABLES

        found = TABLES
    return {reader.name: reader for reader in found}[name]
