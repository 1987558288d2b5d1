"""What invented families spend, the survey drawn from them, and the truth about both."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tangga.engine.measures.inequality import gini
from tangga.engine.welfare.fit import fit_mean
from tangga.engine.welfare.folds import out_of_fold
from tangga.engine.welfare.spec_file import read_spec
from tangga.engine.welfare.survey_file import read_survey
from tangga.registry import load_pack
from tangga.synthetic import PEOPLE_SOURCES, generate, living
from tangga.synthetic.living import poverty_lines, who_lives
from tangga.synthetic.population import make_population, true_families
from tangga.synthetic.records import Population
from tangga.synthetic.registries import deciles
from tangga.synthetic.survey import draw_survey

PEOPLE = 20_000
SEED = 7
AREAS = ("1811", "1771")
SPEC = Path(load_pack("indonesia").dir) / "models/welfare.toml"


@pytest.fixture(scope="module")
def population() -> Population:
    return make_population(SEED, PEOPLE, AREAS)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("living")
    generate(PEOPLE, SEED, folder, sources=PEOPLE_SOURCES)
    return folder


@pytest.fixture(scope="module")
def survey(made):
    return read_survey(made / "survey/survei.csv", read_spec(SPEC))


def poorest(values: np.ndarray, weights: np.ndarray, share: float = 0.4) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    found = np.zeros(len(values), dtype=bool)
    found[order[reached <= share * reached[-1]]] = True
    return found


def missed(truth: np.ndarray, score: np.ndarray, weights: np.ndarray) -> float:
    """Share of the poorest 40 % whom a score does not find there."""
    poor, found = poorest(truth, weights), poorest(score, weights)
    return float(1 - weights[poor & found].sum() / weights[poor].sum())


# --- consumption ----------------------------------------------------------------------------


def test_as_many_are_poor_as_was_published(population: Population) -> None:
    members = who_lives(population).members
    poor = population.families.consumption < poverty_lines(population)
    province = population.places.regency[population.families.village] // 100
    for code, share in ((17, 0.1188), (18, 0.0966)):
        here = province == code
        assert abs(np.average(poor[here], weights=members[here]) - share) < 0.003


def test_consumption_is_as_unequal_as_in_a_survey(population: Population) -> None:
    members = who_lives(population).members
    spent = population.families.consumption
    assert 0.33 < gini(spent[members > 0].astype(float), members[members > 0].astype(float)) < 0.38
    assert spent.dtype == np.int64
    assert (spent[members == 0] == 0).all()
    assert spent[members > 0].min() > 150_000


def test_who_is_left_heads_the_family(population: Population) -> None:
    homes, people = who_lives(population), population.people
    assert homes.members.sum() == np.count_nonzero(people.death > living.TODAY)
    lives = homes.head >= 0
    assert (lives == (homes.members > 0)).all()
    head = homes.head[lives]
    assert (people.family[head] == np.flatnonzero(lives)).all()
    assert (people.death[head] > living.TODAY).all()


def test_what_passes_is_drawn_anew_a_year_on(population: Population) -> None:
    """Of what standing does not tell about 60 % stays, and a shock leaves its mark."""
    nobody = np.zeros(len(population.families), dtype=bool)
    later = living.a_year_on(population, nobody)
    now = population.families.consumption
    lives = now > 0
    rest = [_beside(population.families.standing[lives], c[lives]) for c in (now, later)]
    assert 0.52 < np.corrcoef(*rest)[0, 1] < 0.7
    shocked = living.a_year_on(population, ~nobody)
    assert (shocked[lives] < later[lives]).all()


def _beside(standing: np.ndarray, consumption: np.ndarray) -> np.ndarray:
    logged = np.log(consumption)
    return logged - np.polyval(np.polyfit(standing, logged, 1), standing)


def test_tenths_hold_a_tenth_of_the_people() -> None:
    values = np.array([5.0, 1.0, 3.0, 2.0])
    people = np.array([1, 4, 0, 5])
    assert living.tenths(values, people).tolist() == [10, 3, 10, 7]
    assert living.tenths(np.array([1]), np.array([0])).tolist() == [1]


# --- the official rank ----------------------------------------------------------------------


def test_the_office_ranks_well_and_not_perfectly(population: Population) -> None:
    members, decile = who_lives(population).members, deciles(population)
    ranked = decile > 0
    assert 0.03 < np.mean(~ranked) < 0.06
    for tenth in range(1, 11):
        share = members[decile == tenth].sum() / members[ranked].sum()
        assert 0.09 < share < 0.11
    spent = population.families.consumption
    assert 0.25 < missed(spent[ranked], decile[ranked], members[ranked]) < 0.4


def test_some_move_between_two_releases(population: Population) -> None:
    now, before = deciles(population), deciles(population, 1)
    both = (now > 0) & (before > 0)
    moved = np.abs(now - before)[both]
    assert 0.14 < np.mean(moved > 0) < 0.22
    assert 0.02 < np.mean(moved > 1) < 0.05
    assert 0.02 < np.mean((now <= 4)[both] != (before <= 4)[both]) < 0.04
    assert np.count_nonzero((now > 0) & (before == 0)) > 20
    assert np.count_nonzero((now == 0) & (before > 0)) > 20


# --- the survey -----------------------------------------------------------------------------


def test_a_means_test_on_the_survey_is_as_good_as_such_tests_are(survey) -> None:
    assert survey.left_out == ()
    score = out_of_fold(survey, fit_mean).score
    logged = np.log(survey.outcome)
    mean = np.average(logged, weights=survey.people)
    left = np.average((logged - score) ** 2, weights=survey.people)
    explained = 1 - left / np.average((logged - mean) ** 2, weights=survey.people)
    assert 0.43 < explained < 0.6
    assert 0.25 < missed(logged, score, survey.people) < 0.37


def test_the_small_are_the_hardest_to_find(survey) -> None:
    score = out_of_fold(survey, fit_mean).score
    poor, found = (poorest(v, survey.people) for v in (survey.outcome, score))
    lost = {
        few: 1 - survey.people[poor & found & of].sum() / survey.people[poor & of].sum()
        for few, of in ((True, survey.members <= 2), (False, survey.members >= 5))
    }
    assert lost[True] > lost[False] + 0.15


def test_weights_add_up_to_the_population(population: Population, survey) -> None:
    lives = (who_lives(population).members > 0) & ~population.families.non_desa
    assert survey.weight.sum() == pytest.approx(lives.sum(), rel=0.01)
    people = np.count_nonzero(population.people.death > living.TODAY)
    assert (survey.weight * survey.members).sum() == pytest.approx(people, rel=0.05)
    true = population.families.consumption[lives]
    told = np.average(survey.outcome, weights=survey.weight)
    assert told == pytest.approx(true.mean(), rel=0.1)


def test_the_survey_is_drawn_in_two_stages(made: Path, survey) -> None:
    rows = list(csv.DictReader((made / "survey/survei.csv").open(encoding="utf-8")))
    size = Counter(row["cluster"] for row in rows)
    assert 55 <= len(size) <= 65
    assert max(size.values()) <= 12
    strata = {(row["cluster"], row["stratum"]) for row in rows}
    assert len(strata) == len(size)
    assert {row["stratum"] for row in rows} >= {"1811-rural", "1771-urban"}
    assert all(len({r["weight"] for r in rows if r["cluster"] == one}) == 1 for one in size)


def test_nobody_can_be_found_again_by_the_survey(made: Path) -> None:
    """No number of another file, no name, nothing as exact as a village or a day."""
    text = (made / "survey/survei.csv").read_text(encoding="utf-8")
    heading = text.splitlines()[0].split(",")
    assert not {"nik", "kk", "nokk", "name", "nama", "family_id", "village", "rt"} & set(heading)
    assert not re.search(r"\d{10,}", text)
    rows = list(csv.DictReader(text.splitlines()))
    clusters = [int(row["cluster"]) for row in rows]
    assert clusters == sorted(clusters)
    of_regency = [row["regency"] for row in rows]
    assert of_regency != sorted(of_regency)  # clusters are numbered without regard to place


def test_the_survey_speaks_the_words_of_the_register(made: Path) -> None:
    pack = load_pack("indonesia")
    columns = pack.tables["family"].columns
    with duckdb.connect() as con:
        rows = con.sql(f"FROM read_csv('{made}/survey/survei.csv', all_varchar = true)")
        coded = [name for name in rows.columns if name in columns and columns[name].codes]
        assert len(coded) > 8
        for name in coded:
            told = {word for (word,) in rows.unique(name).fetchall() if word is not None}
            assert told <= set(columns[name].codes.codes), name
        gaps = con.sql("SELECT avg((toilet IS NULL)::INT) FROM rows").fetchone()
        assert 0.002 < gaps[0] < 0.05
        assert con.sql("SELECT count(*) FROM rows WHERE floor IS NULL").fetchone() == (0,)


@pytest.mark.parametrize(("people", "clusters"), [(120, 1), (2000, 4), (100_000, 100)])
def test_the_survey_grows_with_the_population(people: int, clusters: int) -> None:
    table = draw_survey(make_population(1, people, AREAS))
    assert len(set(table.column("cluster").to_pylist())) >= clusters
    assert len(table) <= 12 * 160


# --- the truth ------------------------------------------------------------------------------


def test_the_truth_knows_every_family_once(made: Path, population: Population) -> None:
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE families AS FROM read_csv('{made}/truth_families.csv')")
        con.execute(f"CREATE TABLE truth AS FROM read_csv('{made}/truth.csv')")
        told = "SELECT family_id FROM truth WHERE family_id IS NOT NULL"
        assert con.sql(f"{told} EXCEPT SELECT family_id FROM families").fetchall() == []
        row = con.sql(
            """
            SELECT count(*), count(DISTINCT family_id), sum(people),
                   sum(people) FILTER (poor) / sum(people),
                   sum(people) FILTER (decile = 1) / sum(people),
                   count(*) FILTER (people = 0 AND consumption IS NOT NULL),
                   sum(people) FILTER (poor_later AND NOT poor) / sum(people) FILTER (NOT poor)
            FROM families
            """
        ).fetchone()
        given = con.sql(
            "SELECT count(official), count(official_before), "
            "avg((official <> official_before)::INT) FROM families"
        ).fetchone()
    assert given is not None
    assert min(given[:2]) > 0.85 * len(np.unique(true_families(population)))
    assert 0.14 < given[2] < 0.22
    assert row is not None
    families, ids, people, poor, tenth, nobody, fall = row
    assert families == ids == len(np.unique(true_families(population)))
    assert people == np.count_nonzero(population.people.death > living.TODAY)
    assert 0.09 < poor < 0.12
    assert 0.095 < tenth < 0.105
    assert nobody == 0
    assert 0.02 < fall < 0.08
