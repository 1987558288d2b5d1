"""Key rows: of each record, the values that linking reads, and no more."""

from __future__ import annotations

from tangga.engine.link.model import Key, Model

MANY = 1_048_573
"""A prime: what cuts into parts has nothing to do with the bits by which a join spreads its rows.
What cuts is worked out for every row again in each part: it has to be cheap."""
# Columns that every side has, whatever the pack: their meaning is part of the algorithm.
# sk, st, t1: a name's skeleton, its words sorted, its first word. bd, md, yr: birth date, its
# month and day as one number, its year. num, proof: the number, and whether it proves itself.
FIXED = ("sk", "st", "t1", "bd", "md", "yr", "num", "proof")


def key_column(key: Key, model: Model) -> str:
    """The column of a key on a side; what a fixed column says already is not held twice."""
    shared = {
        ("name", "skeleton"): "sk",
        ("name", "sorted"): "st",
        ("name", "first"): "t1",
        ("birth_date", "value"): "bd",
        ("birth_date", "month_day"): "md",
        ("birth_year", "value"): "yr",
        (model.number.column, "value"): "num",
    }
    return shared.get((key.of, key.form), f"k_{key.name}")


def place_column(key: str) -> str:
    """The column that says how rare a place is, in hundredths of a bit."""
    return f"p_{key}"


def base_columns(model: Model) -> list[str]:
    """The registry columns, beside name, birth and number, that the model's keys rest on."""
    held = {"name", "birth_date", "birth_year", model.number.column}
    return sorted({key.of for key in model.keys.values()} - held)


def keys_sql(
    records: str, names: str, model: Model, columns: set[str], proof: str, condition: str = "TRUE"
) -> str:
    """One row per record that is in force: `rid`, `src`, `civil`, `doubted`, `sx`, `sk`, `bd`,
    `yr`, `num`, `proof`, and a `b_` column for each of `base_columns`.

    records, names: relations; proof: a condition over a record `r` that is true where its
    number proves itself; condition: the part.
    """
    number = model.number.column
    parts = [
        "r.rid",
        "r.source AS src",
        "r.kind = 'civil_registry' AS civil",
        f"{_doubted(model, columns)} AS doubted",
        f"{_column('sex', 'VARCHAR', columns)} AS sx",
        "n.skeleton AS sk",
        f"{_column('birth_date', 'DATE', columns)} AS bd",
        f"{_year(columns)} AS yr",
        f"{_column(number, 'VARCHAR', columns)} AS num",
        f"coalesce({proof}, FALSE) AS proof" if number in columns else "FALSE AS proof",
        *(f"r.{name} AS b_{name}" for name in base_columns(model)),
    ]
    named = _column("name", "VARCHAR", columns)
    return (
        f"SELECT {', '.join(parts)} FROM {records} AS r "
        f"LEFT JOIN {names} AS n ON {named} = n.name WHERE r.latest AND {condition}"
    )


def _doubted(model: Model, columns: set[str]) -> str:
    """The civil registry itself says that this number is not the person's own."""
    states = ", ".join(f"'{state}'" for state in model.number.doubted)
    if not states or "status" not in columns:
        return "FALSE"
    return f"coalesce(r.kind = 'civil_registry' AND r.status IN ({states}), FALSE)"


NUMBER = "number"
"""By what the steps of stage one are cut; see `part_of_number`."""


def part_of_number() -> str:
    """The integer that cuts key rows into parts: equal numbers fall together."""
    return f"hash(coalesce(num, CAST(rid AS VARCHAR))) % {MANY}"


def derived(key: Key) -> str:
    """A key as an expression over a variant `v` and the forms of its name `f`."""
    return {
        "value": f"v.b_{key.of}",
        "prefix": (
            f"CASE WHEN length(v.b_{key.of}) >= {key.length} THEN v.b_{key.of}[1:{key.length}] END"
        ),
        "skeleton_prefix": f"nullif(f.squeezed[1:{key.length}], '')",
        "year": f"year(v.b_{key.of})",
        "month_day": f"month(v.b_{key.of}) * 100 + day(v.b_{key.of})",
        "digits": f"nullif(regexp_replace(v.b_{key.of}, '[^0-9]', '', 'g'), '')",
    }[key.form]


def _column(name: str, type: str, columns: set[str]) -> str:
    return f"r.{name}" if name in columns else f"CAST(NULL AS {type})"


def _year(columns: set[str]) -> str:
    whole = "year(r.birth_date)" if "birth_date" in columns else "NULL"
    alone = "r.birth_year" if "birth_year" in columns else "NULL"
    return f"CAST(coalesce({whole}, {alone}) AS INTEGER)"
