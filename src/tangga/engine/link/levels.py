"""The levels of a comparison: which ways two rows can agree, tried in order.

One place says what a level is; `score` gives it its worth, `train` estimates it.
"""

from __future__ import annotations

from collections.abc import Callable

from tangga.engine.link.keys import key_column
from tangga.engine.link.model import Comparison, Model

UNKNOWN, DIFFERS = "unknown", "differs"
Levels = list[tuple[str, str]]

# What conditions call by a short name: how alike two names are, and what follows their
# first words; whether one stands inside the other.
ALIKE = {
    "jw": "CASE WHEN l_sk = r_sk THEN 1.0 ELSE jaro_winkler_similarity(l_sk, r_sk) END",
    "jr": (
        "CASE WHEN l_sk <> r_sk AND l_t1 = r_t1 THEN jaro_winkler_similarity("
        "l_sk[length(l_t1) + 2:], r_sk[length(r_t1) + 2:]) END"
    ),
    "inside": (
        "CASE WHEN length(l_sk) > length(r_sk) THEN contains(l_sk, r_sk)"
        " WHEN length(l_sk) < length(r_sk) THEN contains(r_sk, l_sk) ELSE FALSE END"
    ),
}

# Levels (by kind) that are worth the rarity of what agrees, in hundredths of a bit: whose rarity
# (a column of `sides`), and which of the two rows'. All but `equal` add their own weight.
RARITY = {
    ("name", "equal"): ("nb", "least(l_nb, r_nb)"),
    ("name", "sorted"): ("nb", "least(l_nb, r_nb)"),
    ("name", "part_of"): ("pb", "CASE WHEN length(l_sk) < length(r_sk) THEN l_pb ELSE r_pb END"),
    ("name", "one_edit"): ("nb", "least(l_nb, r_nb)"),
    ("name", "first"): ("fb", "least(l_fb, r_fb)"),
    ("date", "equal"): ("db", "l_db"),
}


# Serials this close are twins' or those of two births of one day.
TWINS = 5


def levels(comparison: Comparison, model: Model, neighbours: int | None) -> Levels:
    """Names and conditions over a pair with columns `l_*` and `r_*`, the first that holds counts.

    They also name `ALIKE`. neighbours: how many leading characters two numbers share when they
    differ only in their serial part (None: no such part).
    What meets no condition is `otherwise(comparison)`.
    """
    make: dict[str, Callable[[], Levels]] = {
        "name": _name,
        "date": lambda: _date(comparison),
        "equal": lambda: _equal(comparison, model),
        "number": lambda: _number(neighbours),
        "place": lambda: _place(comparison, model),
        "text": lambda: _text(comparison, model),
    }
    return make[comparison.kind]()


def otherwise(comparison: Comparison) -> str:
    """The level of what meets no condition of `levels`."""
    return UNKNOWN if comparison.kind == "place" else DIFFERS


def _missing(column: str) -> tuple[str, str]:
    return UNKNOWN, f"l_{column} IS NULL OR r_{column} IS NULL"


def _name() -> Levels:
    # Most pairs are strangers: this comes first because it is cheap.
    strangers = "jw < 0.8 AND NOT inside AND l_t1[1] <> r_t1[1] AND l_st <> r_st"
    whole = (
        "inside AND (starts_with(l_sk, r_sk || ' ') OR starts_with(r_sk, l_sk || ' ')"
        " OR ends_with(l_sk, ' ' || r_sk) OR ends_with(r_sk, ' ' || l_sk))"
    )
    shorter = "least(length(l_sk), length(r_sk))"
    cut = f"inside AND {shorter} >= 5 AND (starts_with(l_sk, r_sk) OR starts_with(r_sk, l_sk))"
    # "M YUSUF" beside "MUHAMAD YUSUF": word by word, one is the beginning of the other.
    words = "string_split(l_sk, ' '), string_split(r_sk, ' ')"
    begins = "x -> starts_with(x[1], x[2]) OR starts_with(x[2], x[1])"
    each = f"list_transform(list_zip({words}), {begins})"
    initial = f"(l_ab OR r_ab) AND l_t1[1] = r_t1[1] AND coalesce(list_bool_and({each}), FALSE)"
    edit = "abs(length(l_sk) - length(r_sk)) <= 1 AND levenshtein(l_sk, r_sk) <= 1"
    return [
        _missing("sk"),
        ("equal", "l_sk = r_sk"),
        (DIFFERS, strangers),
        ("sorted", "l_st = r_st"),
        ("part_of", whole),
        ("one_edit", f"jw >= 0.8 AND {shorter} >= 4 AND {edit}"),
        ("cut", cut),
        ("initial", initial),
        ("close", "jw >= 0.92 AND (l_t1 <> r_t1 OR jr >= 0.9)"),
        ("first", "l_t1 = r_t1"),
        ("within", f"inside AND {shorter} >= 3"),
        ("near", "jw >= 0.86"),
    ]


def _date(c: Comparison) -> Levels:
    days = ", ".join(map(str, c.heaped))
    heaped = f"(l_md IN ({days}) OR r_md IN ({days}))" if days else "FALSE"
    month_day = "l_md = r_md"
    swapped = "l_md // 100 = r_md % 100 AND l_md % 100 = r_md // 100 AND l_yr = r_yr"
    either = "(l_md // 100 = r_md // 100 OR l_md % 100 = r_md % 100)"
    years = "abs(l_yr - r_yr)"
    return [
        _missing("yr"),
        ("equal", "l_bd = r_bd"),
        ("heaped", f"{heaped} AND {years} <= 2"),
        ("swapped", swapped),
        ("year_slip", f"{month_day} AND {years} IN (1, 2, 10)"),
        ("year_other", f"{month_day} AND {years} <= 10"),
        ("one_part", f"l_yr = r_yr AND {either}"),
        ("year_only", "(l_bd IS NULL OR r_bd IS NULL) AND l_yr = r_yr"),
        ("year_near", f"{years} <= 1"),
    ]


def _equal(c: Comparison, model: Model) -> Levels:
    key = key_column(model.keys[c.key or ""], model)
    return [_missing(key), ("equal", f"l_{key} = r_{key}")]


def _number(neighbours: int | None) -> Levels:
    edit = (
        "CASE WHEN length(l_num) = length(r_num) THEN hamming(l_num, r_num)"
        " ELSE levenshtein(l_num, r_num) END <= 1"
    )
    serial = f"l_num[1:{neighbours}] = r_num[1:{neighbours}]" if neighbours else "FALSE"
    # Twins have serials side by side; a digit mistyped is seldom that.
    apart = f"abs(TRY_CAST(l_num AS HUGEINT) - TRY_CAST(r_num AS HUGEINT)) > {TWINS}"
    slip = f"{apart} AND {edit}"
    return [
        _missing("num"),
        ("equal", "l_num = r_num"),
        ("serial_slip", f"l_proof AND r_proof AND {serial} AND {slip}"),
        ("neighbours", f"l_proof AND r_proof AND {serial}"),
        ("both_proved", "l_proof AND r_proof"),
        # A number holds the birth date and the place: beside an equal date it says little more.
        ("edit_same_date", f"l_bd = r_bd AND {edit}"),
        ("one_edit", edit),
    ]


def _place(c: Comparison, model: Model) -> Levels:
    columns = {key: key_column(model.keys[key], model) for key, _ in c.levels}
    agree = [(key, f"l_{column} = r_{column}") for key, column in columns.items()]
    compared = " OR ".join(f"l_{column} <> r_{column}" for column in columns.values())
    return [*agree, (DIFFERS, compared)]


def _text(c: Comparison, model: Model) -> Levels:
    key = key_column(model.keys[c.key or ""], model)
    alike = f"jaro_winkler_similarity(l_{key}, r_{key})"
    return [
        _missing(key),
        ("equal", f"l_{key} = r_{key}"),
        ("close", f"{alike} >= 0.92"),
        ("near", f"{alike} >= 0.8"),
    ]
