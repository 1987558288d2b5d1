"""ingest: rows exactly as received, with source, file, line and date."""

from tangga.engine.ingest.stage import run

__all__ = ["run"]
