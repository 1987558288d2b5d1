"""How often each level is met among strangers (u) and within one person (m), by Splink."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tangga.engine.link.levels import ALIKE, DIFFERS, UNKNOWN, levels, otherwise
from tangga.engine.link.model import Comparison, Model
from tangga.errors import UserError

if TYPE_CHECKING:
    import duckdb
    from splink import Linker

# Kinds that pairs of equal number cannot teach: the number itself, and a visit, which is a
# matter of two groups. Their weights stay as they are.
FIXED_KINDS = ("number", "visit")
START = 0.9  # most pairs of an equal number are one person; EM goes on from there
ITERATIONS, CONVERGED = 50, 0.0001
# Random pairs are drawn until each level was met so often, which leaves about a tenth of a bit.
OBSERVED = 400


@dataclass(frozen=True)
class Estimates:
    """u and m by (comparison, level), None where a level was never met; `matched` is the share
    of pairs of an equal number taken for one person after each iteration."""

    u: dict[tuple[str, str], float | None]
    m: dict[tuple[str, str], float | None]
    matched: tuple[float, ...]


def estimated(model: Model) -> list[Comparison]:
    """The comparisons whose weights training sets."""
    return [c for c in model.comparisons if c.kind not in FIXED_KINDS]


def estimate(
    con: duckdb.DuckDBPyConnection, model: Model, *, random_pairs: int, seed: int
) -> Estimates:
    """Estimate from the tables `strangers` (u) and `alike` (m, on pairs of equal `num`)."""
    with _quiet():
        u = _splink(con, "strangers", _settings(model, {}))
        u.training.estimate_u_using_random_sampling(
            max_pairs=random_pairs, seed=seed, min_count_per_level=OBSERVED
        )
        found = _read(u, "u_probability")
        m = _splink(con, "alike", _settings(model, found))
        session = m.training.estimate_parameters_using_expectation_maximisation(
            "l.num = r.num", estimate_without_term_frequencies=True
        )
        return Estimates(_added(found), _added(_read(m, "m_probability")), _shares(session))


def _shares(session: Any) -> tuple[float, ...]:
    history = session._core_model_settings_history  # no public way to it in 5.0.0
    return tuple(round(s.probability_two_random_records_match, 5) for s in history)


def require_splink() -> None:
    """UserError where Splink is not installed."""
    try:
        import splink  # noqa: F401
    except ImportError as error:
        raise UserError(
            "training needs Splink, which is not installed",
            todo="Install it: .venv/bin/pip install 'splink==5.0.0'",
        ) from error


def _splink(con: duckdb.DuckDBPyConnection, table: str, settings: dict[str, Any]) -> Linker:
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=con)
    return Linker(api.register(table), settings, log_level=None, validate_settings=False)


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink's log quotes settings and counts; ours says what matters in the card."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _settings(model: Model, u: dict[tuple[str, str], float | None]) -> dict[str, Any]:
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "vid",
        "probability_two_random_records_match": START,
        "em_convergence": CONVERGED,
        "max_iterations": ITERATIONS,
        "retain_matching_columns": False,
        "comparisons": [splink_comparison(c, model, u) for c in estimated(model)],
        "blocking_rules_to_generate_predictions": [],
    }


def splink_comparison(
    comparison: Comparison, model: Model, u: dict[tuple[str, str], float | None]
) -> dict[str, Any]:
    """A comparison in Splink's words, with exactly our levels in our order.

    A level that is tried more than once (strangers seen at once, before all else) is a level
    each time; `_read` adds them up again.
    """
    tried = levels(comparison, model, None)
    if otherwise(comparison) == UNKNOWN:
        some = " OR ".join(f"({condition})" for _, condition in tried)
        tried = [(UNKNOWN, f"NOT coalesce({some}, FALSE)"), *tried]
        tried = [(name, condition) for name, condition in tried if name != DIFFERS]
    found = []
    for name, condition in [*tried, (DIFFERS, "ELSE")]:
        label = name + "'" * sum(level["label_for_charts"].rstrip("'") == name for level in found)
        found.append(_level(label, condition, is_null_level=name == UNKNOWN))
        known = u.get((comparison.slug, label))
        if known is not None:
            found[-1]["u_probability"] = known
    return {"output_column_name": comparison.slug, "comparison_levels": found}


def _level(name: str, condition: str, **more: Any) -> dict[str, Any]:
    return {"label_for_charts": name, "sql_condition": _suffixed(condition), **more}


def _suffixed(condition: str) -> str:
    """`l_x` as `x_l`, as Splink names the two sides; similarities are written out."""
    for name, value in ALIKE.items():
        condition = re.sub(rf"\b{name}\b", f"({value})", condition)
    return re.sub(r"\b([lr])_(\w+)", r"\2_\1", condition)


def _read(linker: Linker, what: str) -> dict[tuple[str, str], float | None]:
    model = linker.misc.save_model_to_json()
    return {
        (comparison["output_column_name"], level["label_for_charts"]): _number(level.get(what))
        for comparison in model["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    }


def _added(found: dict[tuple[str, str], float | None]) -> dict[tuple[str, str], float | None]:
    """Shares by level; those of a level that was tried more than once are one."""
    total: dict[tuple[str, str], float | None] = {}
    for (comparison, label), share in found.items():
        key = comparison, label.rstrip("'")
        before = total.get(key)
        total[key] = share if before is None else before + (share or 0.0)
    return total


def _number(value: Any) -> float | None:
    """Splink writes a sentence where a level was never met."""
    return float(value) if isinstance(value, int | float) and value > 0 else None
