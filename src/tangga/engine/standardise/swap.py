"""Finds the source whose area codes are of another system than it says."""

from __future__ import annotations

import duckdb
from sqlglot import exp

from tangga.engine.descriptor import Descriptor
from tangga.engine.standardise.fields import Surroundings
from tangga.registry import Table


def check_system(
    con: duckdb.DuckDBPyConnection,
    rows: exp.Select,
    of: Descriptor,
    table: Table,
    around: Surroundings,
) -> None:
    """Raise UserError where another system explains a column of area codes far better."""
