"""Stage one: records of one number that confirm each other are one group.

A number that agrees with its record's own birth date and sex proves itself. Where a group holds
such a number, its commonest name among the proving records is the group's anchor; the others
join when their name or birth date confirms them. Who is not confirmed stands alone and is
weighed like any other record.
"""

from __future__ import annotations

from tangga.engine.link.model import Model

# Two proving records with one number are taken for one person, unless one source holds both under
# names that have nothing in common: then a twin was given the other's number.
PROVED_NAME = 0.55
# An equal birth date confirms an equal number only beside a name that is not another's.
DATED_NAME = 0.65


def groups_sql(keys: str, alone: str, model: Model, condition: str) -> str:
    """One row per record: `rid`, `gid` (the anchor's rid), `confirmed`, `similarity`.

    alone: rids that a clerk ruled different from another; they are never grouped by number.
    """
    joined = _confirmed(model)
    return f"""
WITH k AS (
  SELECT rid, CASE WHEN rid NOT IN (SELECT rid FROM {alone}) THEN num END AS num,
         proof, sk, st, bd, yr, sx, src
  FROM {keys} WHERE {condition}
),
sized AS (
  SELECT num, count(*) AS n, count(*) FILTER (WHERE proof) AS proved
  FROM k WHERE num IS NOT NULL GROUP BY num
  HAVING count(*) BETWEEN 2 AND {model.number.group_cap}
),
member AS (SELECT k.*, sized.proved FROM k JOIN sized ON k.num = sized.num),
named AS (
  SELECT num, sk, count(*) AS c, min(rid) AS first_rid FROM member
  WHERE proof OR proved = 0 GROUP BY num, sk
),
chosen AS (
  SELECT num, max({{'named': sk IS NOT NULL, 'c': c, 'r': -first_rid}}) AS best
  FROM named GROUP BY num
),
anchor AS (
  SELECT a.num, a.rid AS gid, a.sk, a.st, a.bd, a.yr, a.proof, a.sx, a.src
  FROM member AS a JOIN chosen ON a.num = chosen.num AND a.rid = -chosen.best.r
),
seen AS (
  SELECT m.rid, a.gid, m.proof AND a.proof AS both_proof, m.bd = a.bd AS same_date,
         abs(m.yr - a.yr) AS years, m.rid = a.gid AS itself,
         m.src = a.src AS same_source, coalesce(m.sx = a.sx, TRUE) AS same_sex,
         CASE WHEN m.sk = a.sk OR m.st = a.st THEN 1.0
              ELSE greatest(jaro_winkler_similarity(m.sk, a.sk),
                            jaro_winkler_similarity(m.st, a.st)) END AS similarity
  FROM member AS m JOIN anchor AS a ON m.num = a.num
),
judged AS (SELECT *, {joined} AS confirmed FROM seen)
SELECT k.rid, CASE WHEN j.confirmed THEN j.gid ELSE k.rid END AS gid,
       coalesce(j.confirmed AND NOT j.itself, FALSE) AS confirmed,
       CAST(round(j.similarity * 100) AS INTEGER) AS similarity
FROM k LEFT JOIN judged AS j ON k.rid = j.rid
"""


def _confirmed(model: Model) -> str:
    number = model.number
    return (
        "coalesce(itself"
        f" OR (both_proof AND (NOT same_source OR coalesce(similarity >= {PROVED_NAME}, TRUE)))"
        f" OR (same_sex AND similarity >= {number.confirm_name}"
        f" AND coalesce(years <= {number.confirm_years}, TRUE))"
        f" OR (same_date AND same_sex AND coalesce(similarity >= {DATED_NAME}, TRUE)), FALSE)"
    )
