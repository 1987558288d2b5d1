"""What the demo's ranks are worth: they are held against what invented families truly spend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tangga.engine import catalogue
from tangga.engine.connection import connect, quoted
from tangga.engine.current import last_complete

SHARE = 0.4
"""The poorest of the people that count."""
DECILES = 4
"""The official deciles that hold them."""
AT_RISK = 0.2
"""The chance of falling into poverty within a year from which on a family is told of here."""

HELD = """
CREATE TABLE held AS
SELECT t.family_id AS true_id, c.family_id, count(*) AS records
FROM truth AS t JOIN ({crosswalk}) AS c ON t.source = c.source AND t.source_id = c.source_id
WHERE t.entity_id IS NOT NULL AND c.family_id IS NOT NULL
GROUP BY t.family_id, c.family_id
"""
# One row is one true family with somebody alive: the register's family that holds most of its
# records, with its ranks; none where the register lost it.
JUDGED = """
CREATE TABLE judged AS
WITH best AS (
  SELECT true_id, family_id FROM held
  QUALIFY row_number() OVER (PARTITION BY true_id ORDER BY records DESC, family_id) = 1
)
SELECT f.family_id AS true_id, f.people, f.decile <= {deciles} AS needy, f.poor, f.poor_later,
       b.family_id, r.decile_official AS official, r.score, r.falls
FROM families AS f LEFT JOIN best AS b ON f.family_id = b.true_id
LEFT JOIN ({ranking}) AS r ON b.family_id = r.family_id
WHERE f.people > 0
"""
# Both over all true families: the poor without a decile (a score) are not found by it, so they are
# missed, as in `tangga welfare measures`. `known`: among those who have one only.
FIGURES = """
WITH scored AS (
  SELECT *, sum(people) OVER (ORDER BY score, true_id) <= {share} * sum(people) OVER () AS found
  FROM judged WHERE score IS NOT NULL
),
office AS (
  SELECT *, official <= {deciles} AS found FROM judged WHERE official IS NOT NULL
),
at_risk AS (SELECT * FROM judged WHERE falls >= {at_risk})
SELECT
  (SELECT 1 - coalesce(sum(people) FILTER (found), 0) / (SELECT sum(people) FROM judged WHERE needy)
   FROM office WHERE needy) AS office_misses,
  (SELECT sum(people) FILTER (NOT found) / sum(people) FROM office WHERE needy)
    AS office_misses_known,
  (SELECT sum(people) FILTER (NOT needy) / sum(people) FROM office WHERE found) AS office_wrong,
  (SELECT 1 - coalesce(sum(people) FILTER (found), 0) / (SELECT sum(people) FROM judged WHERE needy)
   FROM scored WHERE needy) AS model_misses,
  (SELECT sum(people) FILTER (NOT found) / sum(people) FROM scored WHERE needy)
    AS model_misses_known,
  (SELECT sum(people) FILTER (NOT needy) / sum(people) FROM scored WHERE found) AS model_wrong,
  (SELECT sum(people) FILTER (poor_later) / sum(people) FROM judged WHERE NOT poor) AS fall,
  (SELECT sum(people) FILTER (poor_later) / sum(people) FROM at_risk WHERE NOT poor)
    AS at_risk_fall,
  (SELECT count(*) FROM at_risk) AS at_risk,
  (SELECT count(*) FROM office) AS ranked,
  (SELECT count(*) FROM scored) AS scored,
  (SELECT count(*) FROM judged) AS families
"""
# Families of the register that are told to be poorer (richer) than their decile says, and of how
# many that is so of the true family that most of their records are of; and of how many it would be,
# if such families had been drawn at random.
POINTED = """
WITH told AS (SELECT DISTINCT points_to, family_id FROM ({indications})),
true_of AS (
  SELECT family_id, true_id FROM held
  QUALIFY row_number() OVER (PARTITION BY family_id ORDER BY records DESC, true_id) = 1
)
SELECT points_to, count(*) AS families,
       count(*) FILTER (needy = (points_to = 'lower')) AS rightly,
       avg(CASE WHEN points_to = 'lower' THEN (SELECT avg(needy::INT) FROM judged
                                               WHERE official > {deciles})
           ELSE (SELECT 1 - avg(needy::INT) FROM judged WHERE official <= {deciles}) END) AS chance
FROM told AS i LEFT JOIN true_of AS t ON i.family_id = t.family_id
LEFT JOIN judged AS j ON t.true_id = j.true_id
GROUP BY points_to ORDER BY points_to
"""


@dataclass(frozen=True)
class Pointed:
    """Families of the register whose facts contradict their decile: how many, how many rightly, and
    the share that would be right if they were drawn at random among those of such deciles."""

    families: int
    rightly: int
    chance: float


@dataclass(frozen=True)
class Judged:
    """Shares of people. misses: of the poorest 40 %, whom nobody ranked being missed; misses_known:
    of those who have a rank; wrong: of those held to be among them. fall: of those not poor now,
    who are a year on. None where there is nobody to count. at_risk, ranked (by the office), scored,
    families: how many. pointed: by `lower` (poorer than the decile says) and `higher`."""

    office_misses: float | None
    office_misses_known: float | None
    office_wrong: float | None
    model_misses: float | None
    model_misses_known: float | None
    model_wrong: float | None
    fall: float | None
    at_risk_fall: float | None
    at_risk: int
    ranked: int
    scored: int
    families: int
    pointed: dict[str, Pointed]


def judge(workspace: Path) -> Judged:
    """The ranks of the last complete run, against `truth_families.csv`."""
    run = last_complete(workspace)
    given = {"deciles": DECILES, "share": SHARE, "at_risk": AT_RISK}
    relations = {
        name: catalogue.relation(run, name) for name in ("crosswalk", "ranking", "rank_indications")
    }
    with connect() as con:
        for table, file in (("truth", "truth.csv"), ("families", "truth_families.csv")):
            path = quoted(workspace / file)
            con.execute(f"CREATE TABLE {table} AS FROM read_csv('{path}', header = true)")
        con.execute(HELD.format(**relations))
        con.execute(JUDGED.format(**given, **relations))
        done = con.execute(FIGURES.format(**given))
        names = [column[0] for column in done.description]
        figures = dict(zip(names, done.fetchall()[0], strict=True))
        pointed = con.execute(
            POINTED.format(**given, indications=relations["rank_indications"])
        ).fetchall()
    return Judged(**figures, pointed={way: Pointed(*told) for way, *told in pointed})
