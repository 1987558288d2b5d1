"""Stage one: records of one number that confirm each other are one group.

A number that agrees with its record's own birth date and sex proves itself. Where a group holds
such a number, its commonest name among the proving records is the group's anchor; the others
join when their name or birth date confirms them. Who is not confirmed stands alone and is
weighed like any other record.
"""

from __future__ import annotations

from tangga.engine.link.model import Model

# Two proving records with one number are taken for one person where they share a home, or where
# the names are at least this similar: a mistyped number can prove itself and be another's.
PROVED_NAME = 0.75
# One source that holds both, under names with less in common, holds two people: a twin was given
# the other's number.
TWIN_NAME = 0.55
# An equal birth date confirms an equal number only beside a name that is not another's.
DATED_NAME = 0.65


def groups_sql(keys: str, alone: str | None, model: Model) -> str:
    """One row per record: `rid`, `gid` (the anchor's rid), `confirmed`, `similarity`.

    alone: a relation of the rids that a clerk ruled different from another, which are never
    grouped by number; None where there are none.
    """
    columns = _home_columns(model)
    homes = "".join(f", {column}" for column in columns)
    anchor_homes = "".join(f", a.{column}" for column in columns)
    k = f"(SELECT rid, {_number(alone)} AS num, proof, sk, bd, yr, sx, src{homes} FROM {keys})"
    return f"""
WITH sized AS (
  SELECT num, min(rid) AS gid, count(*) FILTER (WHERE proof) AS proved,
         coalesce(bool_and(proof) AND min(sk) = max(sk), FALSE) AS plain
  FROM {k} AS k WHERE num IS NOT NULL GROUP BY num
  HAVING count(*) BETWEEN 2 AND {model.number.group_cap}
),
member AS (
  SELECT k.*, sized.proved FROM {k} AS k JOIN sized ON k.num = sized.num WHERE NOT sized.plain
),
named AS (
  SELECT num, sk, count(*) AS c, min(rid) AS first_rid FROM member
  WHERE proof OR proved = 0 GROUP BY num, sk
),
chosen AS (
  SELECT num, max({{'named': sk IS NOT NULL, 'c': c, 'r': -first_rid}}) AS best
  FROM named GROUP BY num
),
anchor AS (
  SELECT a.num, a.rid AS gid, a.sk, a.bd, a.yr, a.proof, a.sx, a.src{anchor_homes}
  FROM member AS a JOIN chosen ON a.num = chosen.num AND a.rid = -chosen.best.r
),
judged AS (
  SELECT *, {_confirmed(model)} AS confirmed
  FROM ({compared_sql("member AS m JOIN anchor AS a ON m.num = a.num", model)})
),
settled AS (SELECT rid, gid, similarity FROM judged WHERE confirmed AND NOT itself),
placed AS (
  SELECT k.rid, coalesce(s.gid, plain.gid, k.rid) AS gid, s.similarity
  FROM {k} AS k LEFT JOIN (SELECT num, gid FROM sized WHERE plain) AS plain ON k.num = plain.num
  LEFT JOIN settled AS s ON k.rid = s.rid
)
SELECT rid, gid, rid <> gid AS confirmed,
       CASE WHEN rid <> gid THEN CAST(round(coalesce(similarity, 1.0) * 100) AS INTEGER) END
         AS similarity
FROM placed ORDER BY gid, rid
"""


def _number(alone: str | None) -> str:
    """The number as something to group by: digits as an integer, which joins faster than text.

    Not DuckDB's hash(): on digits it gave one value to one number in eighty.
    """
    number = "coalesce(TRY_CAST(num AS BIGINT), -1 - CAST(md5_number_lower(num) >> 1 AS BIGINT))"
    apart = f" AND rid NOT IN (SELECT rid FROM {alone})" if alone else ""
    return f"CASE WHEN num IS NOT NULL{apart} THEN {number} END"


def _sorted(name: str) -> str:
    return f"array_to_string(list_sort(string_split({name}, ' ')), ' ')"


def compared_sql(pairs: str, model: Model) -> str:
    """What `confirmations` read of each pair: `rid, gid`, whether the rows are one (`itself`)...

    pairs: a FROM clause with key rows `m` and, as `gid` instead of `rid`, `a`.
    """
    columns = _home_columns(model)
    same_home = " OR ".join(f"coalesce(m.{c} = a.{c}, FALSE)" for c in columns) or "FALSE"
    return f"""
SELECT * EXCLUDE (alike, name, other),
       CASE WHEN alike >= {model.number.confirm_name} THEN alike
            WHEN contains(name, ' ') AND contains(other, ' ')
            THEN greatest(alike, jaro_winkler_similarity({_sorted("name")}, {_sorted("other")}))
            ELSE alike END AS similarity
FROM (
  SELECT m.rid, a.gid, m.proof AND a.proof AS both_proof, m.bd = a.bd AS same_date,
         abs(m.yr - a.yr) AS years, m.rid = a.gid AS itself,
         m.src = a.src AS same_source, coalesce(m.sx = a.sx, TRUE) AS same_sex,
         {same_home} AS same_home,
         jaro_winkler_similarity(m.sk, a.sk) AS alike, m.sk AS name, a.sk AS other
  FROM {pairs}
)"""


def confirmations(model: Model) -> dict[str, str]:
    """What confirms that two records of one number are one person: name -> condition over a row
    of `compared_sql`. One is enough."""
    number = model.number
    return {
        "proofs_and_name": f"both_proof AND coalesce(similarity >= {PROVED_NAME}, same_home)",
        "proofs_and_home": (
            "both_proof AND same_home"
            f" AND (NOT same_source OR coalesce(similarity >= {TWIN_NAME}, TRUE))"
        ),
        "name": (
            f"same_sex AND similarity >= {number.confirm_name}"
            f" AND coalesce(years <= {number.confirm_years}, TRUE)"
        ),
        "date": f"same_date AND same_sex AND coalesce(similarity >= {DATED_NAME}, TRUE)",
    }


def _confirmed(model: Model) -> str:
    each = " OR ".join(f"({condition})" for condition in confirmations(model).values())
    return f"coalesce(itself OR {each}, FALSE)"


def _home_columns(model: Model) -> list[str]:
    return [f"b_{model.keys[key].of}" for key in model.homes()]
