"""Public data for tests: fetched once into var/public/, and a test without it says why it skips.

Where the variable TANGGA_NEEDS_PUBLIC_DATA is 1, as in .ci/run, such a test fails instead.
"""

from __future__ import annotations

import importlib.util
import os
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "public_data.py"
EUSILC = "eusilc.csv"
SAMPLE = "hld_sample_wb_2023.parquet"
CENSUS = "hld_pop_wb_2023.parquet"
PERSONS = "ind_sample_wb_2023.parquet"


def public_file(name: str) -> Path:
    """The path of a public file; the test that asks skips where it cannot be fetched."""
    file, reason = _fetched(name)
    if file is not None:
        return file
    if os.environ.get("TANGGA_NEEDS_PUBLIC_DATA") == "1":
        pytest.fail(f"public data are needed here: {reason}")
    pytest.skip(f"public data cannot be fetched: {reason}")


@lru_cache
def _fetched(name: str) -> tuple[Path | None, str]:
    """The file, or None and the reason; asked for once only, since a dead network is slow."""
    script = load_script()
    try:
        return script.fetch(name), ""
    except script.CannotFetch as reason:
        return None, str(reason)


def load_script() -> ModuleType:
    """scripts/public_data.py, which is no part of the package, as a module of its own."""
    spec = importlib.util.spec_from_file_location("fetch_public_data", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
