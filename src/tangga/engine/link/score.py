"""What the evidence of a pair is worth, in hundredths of a bit.

A score is a pure function of the two rows: frequencies were put on the rows before (`sides`),
and all arithmetic is on integers, so that it is the same in every part and on every machine.
"""

from __future__ import annotations

from collections.abc import Callable

from tangga.engine.link.keys import FIXED, key_column
from tangga.engine.link.model import Comparison, Model


def scored_sql(
    pairs: str, sides: str, model: Model, prior: int, neighbours: int | None, condition: str
) -> str:
    """Pairs that reach the review threshold: `l, r, lg, rg`, each comparison's `w_*`, `weight`.

    prior: hundredths of a bit, negative. neighbours: how many leading characters two numbers
    share when they differ only in their serial part (None: numbers have no such part).
    """
    floor = round(100 * model.review)
    weighed = [c for c in model.comparisons if c.kind != "visit"]
    columns = [*FIXED, "gid", "nb", "fb", "db", *(key_column(key) for key in model.keys)]
    left = ", ".join(f"a.{c} AS l_{c}, b.{c} AS r_{c}" for c in columns)
    weights = ", ".join(f"{_expression(c, model, neighbours)} AS w_{c.slug}" for c in weighed)
    total = " + ".join([str(prior), *(f"w_{c.slug}" for c in weighed)])
    return f"""
WITH p AS (SELECT DISTINCT l, r FROM {pairs} WHERE {condition}),
met AS (
  SELECT p.l, p.r, {left}
  FROM p JOIN {sides} AS a ON p.l = a.vid JOIN {sides} AS b ON p.r = b.vid
),
likened AS (
  SELECT *, CASE WHEN l_sk = r_sk THEN 1.0 ELSE jaro_winkler_similarity(l_sk, r_sk) END AS jw
  FROM met
),
weighed AS (SELECT l, r, l_gid AS lg, r_gid AS rg, {weights} FROM likened)
SELECT l, r, lg, rg, {", ".join(f"w_{c.slug}" for c in weighed)}, {total} AS weight
FROM weighed WHERE {total} >= {floor}
"""


def _expression(comparison: Comparison, model: Model, neighbours: int | None) -> str:
    make: dict[str, Callable[[], str]] = {
        "name": lambda: _name(comparison, model),
        "date": lambda: _date(comparison),
        "equal": lambda: _equal(comparison),
        "number": lambda: _number(comparison, neighbours),
        "place": lambda: _place(comparison),
        "text": lambda: _text(comparison),
    }
    return f"CAST({make[comparison.kind]()} AS INTEGER)"


def _bits(comparison: Comparison, level: str) -> str:
    return str(round(100 * comparison.weights[level]))


def _case(branches: list[tuple[str, str]], otherwise: str) -> str:
    whens = " ".join(f"WHEN {condition} THEN {value}" for condition, value in branches)
    return f"CASE {whens} ELSE {otherwise} END"


def _name(c: Comparison, model: Model) -> str:
    shorter = "CASE WHEN length(l_sk) < length(r_sk) THEN l_nb ELSE r_nb END"
    within = (
        "starts_with(l_sk, r_sk || ' ') OR starts_with(r_sk, l_sk || ' ')"
        " OR ends_with(l_sk, ' ' || r_sk) OR ends_with(r_sk, ' ' || l_sk)"
    )
    return _case(
        [
            ("l_sk IS NULL OR r_sk IS NULL", "0"),
            ("l_sk = r_sk", "least(l_nb, r_nb)"),
            ("l_st = r_st", f"least(l_nb, r_nb) + {_bits(c, 'sorted')}"),
            (within, f"{shorter} + {_bits(c, 'part_of')}"),
            (
                "jw >= 0.8 AND length(l_sk) >= 4 AND levenshtein(l_sk, r_sk) <= 1",
                _bits(c, "one_edit"),
            ),
            ("jw >= 0.92", _bits(c, "close")),
            ("l_t1 = r_t1", f"least(l_fb, r_fb, 800) + {_bits(c, 'first')}"),
            ("jw >= 0.86", _bits(c, "near")),
        ],
        _bits(c, "differs"),
    )


def _date(c: Comparison) -> str:
    month_day = "month(l_bd) = month(r_bd) AND day(l_bd) = day(r_bd)"
    swapped = "month(l_bd) = day(r_bd) AND day(l_bd) = month(r_bd) AND l_yr = r_yr"
    same = (
        "CAST(l_yr = r_yr AS INTEGER) + CAST(month(l_bd) = month(r_bd) AS INTEGER)"
        " + CAST(day(l_bd) = day(r_bd) AS INTEGER)"
    )
    years = "abs(l_yr - r_yr)"
    return _case(
        [
            ("l_yr IS NULL OR r_yr IS NULL", "0"),
            ("l_bd = r_bd", "l_db"),
            (swapped, _bits(c, "swapped")),
            (f"{month_day} AND {years} IN (1, 2, 10)", _bits(c, "year_slip")),
            (f"{same} = 2 AND {years} <= 10", _bits(c, "one_part")),
            ("(l_bd IS NULL OR r_bd IS NULL) AND l_yr = r_yr", _bits(c, "year_only")),
            (f"{years} <= 1", _bits(c, "year_near")),
        ],
        _bits(c, "differs"),
    )


def _equal(c: Comparison) -> str:
    key = key_column(c.key or "")
    return _case(
        [
            (f"l_{key} IS NULL OR r_{key} IS NULL", "0"),
            (f"l_{key} = r_{key}", _bits(c, "equal")),
        ],
        _bits(c, "differs"),
    )


def _number(c: Comparison, neighbours: int | None) -> str:
    serial = f"l_num[1:{neighbours}] = r_num[1:{neighbours}]" if neighbours else "FALSE"
    return _case(
        [
            ("l_num IS NULL OR r_num IS NULL", "0"),
            ("l_num = r_num", _bits(c, "equal")),
            (f"l_proof AND r_proof AND {serial}", _bits(c, "neighbours")),
            ("l_proof AND r_proof", _bits(c, "both_proved")),
            ("levenshtein(l_num, r_num) <= 1", _bits(c, "one_edit")),
        ],
        _bits(c, "differs"),
    )


def _place(c: Comparison) -> str:
    agree = [
        (f"l_{key_column(key)} = r_{key_column(key)}", str(round(100 * bits)))
        for key, bits in c.levels
    ]
    compared = " OR ".join(f"l_{key_column(key)} <> r_{key_column(key)}" for key, _ in c.levels)
    return _case([*agree, (compared, _bits(c, "differs"))], "0")


def _text(c: Comparison) -> str:
    key = key_column(c.key or "")
    alike = f"jaro_winkler_similarity(l_{key}, r_{key})"
    return _case(
        [
            (f"l_{key} IS NULL OR r_{key} IS NULL", "0"),
            (f"l_{key} = r_{key}", _bits(c, "equal")),
            (f"{alike} >= 0.92", _bits(c, "close")),
            (f"{alike} >= 0.8", _bits(c, "near")),
        ],
        _bits(c, "differs"),
    )
