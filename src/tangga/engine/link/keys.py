"""Key rows: of each record, the derived values that linking reads, and no more."""

from __future__ import annotations

from tangga.engine.link.model import Key, Model

# Columns that every key row has, whatever the pack: their meaning is part of the algorithm.
FIXED = ("sk", "st", "t1", "bd", "yr", "num", "proof")


def key_column(name: str) -> str:
    """The column of a key in the tables of this stage."""
    return f"k_{name}"


def keys_sql(
    records: str, names: str, model: Model, columns: set[str], proof: str, condition: str
) -> str:
    """One row per record that is in force: `rid`, `src`, `fam`, `sx`, `FIXED`, and one column per key.

    records, names: relations; proof: a condition over a record `r` that is true where its
    number proves itself; condition: the part.
    """
    number = model.number.column
    parts = [
        "r.rid",
        "r.source AS src",
        _family(columns),
        "n.skeleton AS sk",
        "n.sorted AS st",
        "n.first AS t1",
        f"{_column('birth_date', columns)} AS bd",
        f"{_year(columns)} AS yr",
        f"{_column(number, columns)} AS num",
        f"{_column('sex', columns)} AS sx",
        "r.kind = 'civil_registry' AS civil",
        f"coalesce({proof}, FALSE) AS proof" if number in columns else "FALSE AS proof",
    ]
    parts += [f"{_key(key)} AS {key_column(key.name)}" for key in model.keys.values()]
    return (
        f"SELECT {', '.join(parts)} FROM {records} AS r "
        f"LEFT JOIN ({_names(names)}) AS n ON r.name = n.name WHERE r.latest AND {condition}"
    )


def part_of_number() -> str:
    """The integer that cuts key rows into parts: equal numbers fall together."""
    return "md5_number_lower(coalesce(num, CAST(rid AS VARCHAR))) % 1048576"


def _names(names: str) -> str:
    """Forms of a name that are worked out once for each distinct name."""
    return (
        "SELECT name, skeleton, split_part(skeleton, ' ', 1) AS first, "
        "array_to_string(list_sort(string_split(skeleton, ' ')), ' ') AS sorted, "
        f"replace(skeleton, ' ', '') AS squeezed FROM {names}"
    )


def _column(name: str, columns: set[str]) -> str:
    return f"r.{name}" if name in columns else "NULL"


def _year(columns: set[str]) -> str:
    whole = "year(r.birth_date)" if "birth_date" in columns else "NULL"
    alone = "r.birth_year" if "birth_year" in columns else "NULL"
    return f"CAST(coalesce({whole}, {alone}) AS INTEGER)"


def _family(columns: set[str]) -> str:
    return (
        "CASE WHEN r.source_family_id IS NOT NULL THEN CAST(md5_number_lower("
        "r.source || chr(31) || r.source_family_id) >> 1 AS BIGINT) END AS fam"
    )


def _key(key: Key) -> str:
    return {
        "value": f"r.{key.of}",
        "prefix": (
            f"CASE WHEN length(r.{key.of}) >= {key.length} THEN r.{key.of}[1:{key.length}] END"
        ),
        "skeleton": "n.skeleton",
        "sorted": "n.sorted",
        "first": "n.first",
        "skeleton_prefix": f"CASE WHEN n.squeezed <> '' THEN n.squeezed[1:{key.length}] END",
        "year": f"year(r.{key.of})",
        "month_day": f"month(r.{key.of}) * 100 + day(r.{key.of})",
        "digits": f"nullif(regexp_replace(r.{key.of}, '[^0-9]', '', 'g'), '')",
    }[key.form]
