"""An evaluation as a whole: what it says, how surely, and of whom it warns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tangga import texts
from tangga.engine.welfare import by_group
from tangga.engine.welfare.bootstrap import Estimate
from tangga.engine.welfare.by_group import SIZE, ByGroup, sizes
from tangga.engine.welfare.columns import Codes, Numbers, Table
from tangga.engine.welfare.evidence import Evidence, Said, of_model
from tangga.engine.welfare.figures import Figures
from tangga.engine.welfare.fit import fit_model
from tangga.engine.welfare.judge import Evaluation, evaluate
from tangga.engine.welfare.report import caution_lines, lines, write_report
from tangga.engine.welfare.spec import Grouping
from tangga.engine.welfare.survey import LeftOut, Survey
from tangga.errors import UserError
from welfare_tables import SPEC, invented, survey_of


@pytest.fixture(scope="module")
def survey() -> Survey:
    return invented(400, 40, repeats=20, line=1500.0)


@pytest.fixture(scope="module")
def found(survey: Survey) -> Evaluation:
    return evaluate(survey)


def _cautions(evaluation: Evaluation) -> list[str]:
    return [caution.key for caution in evaluation.cautions]


def test_what_is_known_to_be_true_is_found(found: Evaluation) -> None:
    report = found.as_dict()
    assert (report["how"], report["whom"], report["folds"]) == ("cross_validated", "people", 5)
    assert (report["households"], report["clusters"]) == (400, 40)
    # The invented truth: about six tenths of the variance can be known.
    assert 0.45 < report["r2"]["value"] < 0.7  # type: ignore[index]
    assert report["r2"]["low"] < report["r2"]["value"] < report["r2"]["high"]  # type: ignore[index]
    errors = report["targeting"]["0.4"]  # type: ignore[index]
    assert errors["exclusion"]["value"] == pytest.approx(errors["inclusion"]["value"])
    assert errors["chosen"] == {"value": 0.4, "low": 0.4, "high": 0.4}
    assert 0 < report["poorest_tenth_left_out"]["value"] < errors["exclusion"]["value"]  # type: ignore[index]


def test_chances_mean_what_they_say(found: Evaluation) -> None:
    calibration = found.as_dict()["calibration"]
    for of in ("0.2", "0.4", "line"):
        fifths = calibration[of]  # type: ignore[index]
        said = [fifth["said"] for fifth in fifths]
        assert said == sorted(said)
        assert sum(fifth["households"] for fifth in fifths) == 400
        assert [f["found"]["value"] for f in fifths] == pytest.approx(said, abs=0.12)


def test_the_same_survey_gives_the_same_report(survey: Survey, found: Evaluation) -> None:
    first = json.dumps(found.as_dict(), allow_nan=False)
    assert json.dumps(evaluate(survey).as_dict(), allow_nan=False) == first


def test_the_order_of_rows_changes_nothing(survey: Survey, found: Evaluation) -> None:
    order = np.random.default_rng(1).permutation(len(survey))
    shuffled = evaluate(survey.take(order))
    for name, figure in found.figures.items():
        assert shuffled.figures[name].value == pytest.approx(figure.value, abs=1e-5), name
        assert shuffled.figures[name].low == pytest.approx(figure.low, abs=1e-5), name


def test_a_saved_model_is_judged_as_it_is(survey: Survey) -> None:
    model = fit_model(survey)
    other = invented(300, 30, seed=2, repeats=10)
    found = evaluate(other, model=model, census=True)
    report = found.as_dict()
    assert (report["how"], report["folds"]) == ("census", 0)
    assert report["version"] == model.version
    assert report["stability"] is None
    assert [rival["name"] for rival in report["rivals"]] == ["nobody_knows", "size_alone"]  # type: ignore[union-attr,index]
    assert report["rivals"][1]["r2"] is None  # type: ignore[index]
    told: list[tuple[str, int, int]] = []
    with_survey = evaluate(
        other, model=model, learnt_from=survey, progress=lambda *step: told.append(step)
    )
    assert with_survey.figures == found.figures
    assert with_survey.stability is not None
    assert [rival.name for rival in with_survey.rivals][-1] == "boosting"
    assert ("intervals", 10, 10) in told and ("refits", 20, 20) in told


def test_a_model_of_another_spec_is_refused(survey: Survey) -> None:
    model = fit_model(survey)
    with pytest.raises(UserError, match="whether the logarithm is modelled"):
        evaluate(replace(survey, spec=replace(SPEC, log=False)), model=model)
    with pytest.raises(UserError, match="features that the spec does not name: roof"):
        table = Table({"size": survey.table["size"]}, len(survey))
        evaluate(replace(survey, table=table), model=model)
    with pytest.raises(UserError, match="no calibrated cut-off"):
        evaluate(replace(survey, spec=replace(SPEC, cutoff="calibrated")), model=model)


def test_rivals_keep_it_honest(found: Evaluation) -> None:
    nobody, size, boosting = found.rivals
    assert nobody.exclusion == pytest.approx({0.2: 0.8, 0.4: 0.6})
    assert nobody.auc == pytest.approx(0.5)
    assert nobody.r2 is None and not nobody.noise
    model = found.figures["exclusion/0.4"].value
    assert model is not None
    for rival in found.rivals:
        assert rival.exclusion[0.4] - rival.gain.mean == pytest.approx(model)
    assert size.r2 is not None and size.r2 < found.figures["r2"].value  # type: ignore[operator]
    assert boosting.noise


def test_calibrated_cutoffs_choose_by_chance(survey: Survey) -> None:
    spec = replace(survey.spec, cutoff="calibrated", repeats=10)
    found = evaluate(replace(survey, spec=spec)).as_dict()
    errors = found["targeting"]["0.4"]  # type: ignore[index]
    assert errors["chosen"]["value"] == pytest.approx(0.4, abs=0.05)
    assert errors["chosen"]["low"] < errors["chosen"]["high"]


def _said(score: list[float], survey: Survey) -> Said:
    values = np.array(score, dtype=float)
    chance = {0.2: values * 0, 0.4: values * 0}
    return Said(values, values * 0 + 1, chance, values * np.nan, chance, 0, {}, {})


def test_errors_of_a_group_by_hand() -> None:
    """Ten alone: four poor, of whom one is missed in town and none in the country."""
    codes = Codes(np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, -1]), ["town", "country"])
    outcome = [1, 2, 5, 6, 7, 3, 4, 8, 9, 10]
    score = [1, 5, 2, 6, 7, 3, 4, 8, 9, 10]
    survey = survey_of(np.exp(outcome), groups={"place": codes}, spec=replace(SPEC, members=None))
    said = _said([float(s) for s in score], survey)
    evidence = Evidence(survey, np.log(survey.outcome), survey.line, said, "quota")
    groups = ByGroup(evidence)
    figures = Figures(evidence, groups)
    measured = figures(survey.people)
    found = groups.errors(
        {name: Estimate(value) for name, value in measured.items()}, figures.poor(survey.people)
    )
    town, country, unknown = found
    assert (town.word, country.word, unknown.word) == ("town", "country", None)
    assert town.exclusion[0.4].value == 0.5 and town.inclusion[0.4].value == 0.5
    assert country.exclusion[0.4].value == 0
    assert (town.households, town.clusters, town.poor[0.4]) == (5, 5, 2)
    assert town.residual.value == 0 and town.share == 0.5 and town.few
    assert np.isnan(measured["group/place/2/exclusion/0.4"])


def test_household_size_is_always_a_group_where_members_are_known(found: Evaluation) -> None:
    by_size = [group for group in found.groups if group.grouping == SIZE]
    assert [group.word for group in by_size] == ["1-2", "3-4", "5-6", "7+"]
    assert sum(group.share for group in by_size) == pytest.approx(1)
    survey = survey_of(np.ones(5), members=[1, 2, 3, 6, 11])
    assert sizes(survey).as_words() == ["1-2", "1-2", "3-4", "5-6", "7+"]
    own = replace(SPEC, groupings=(Grouping("family", "members"),))
    assert SIZE not in by_group.groupings(replace(survey, spec=own))


def test_a_group_with_few_cases_is_marked(found: Evaluation) -> None:
    for group in found.groups:
        assert group.few == (group.poor[0.4] < 30 or group.clusters < 10)


def test_groups_that_are_missed_more_are_named() -> None:
    """In town everybody says the same roof, so its poor cannot be told."""
    survey = invented(600, 60, seed=3, repeats=20)
    town = np.array([word == "town" for word in survey.groups["place"].as_words()])
    roof, size = survey.table["roof"], survey.table["size"]
    assert isinstance(roof, Codes) and isinstance(size, Numbers)
    alike = Codes(np.where(town, roof.words.index("tile"), roof.codes), roof.words)
    ones = Numbers(np.where(town, 1.0, size.values))
    survey = replace(survey, table=Table({"size": ones, "roof": alike}, len(survey)))
    report = evaluate(survey).as_dict()
    named = {c["group"] for c in report["cautions"] if c["caution"] == "group_missed"}  # type: ignore[union-attr]
    assert "town" in named and "country" not in named
    assert "town" in "\n".join(lines(report, "en"))


def test_who_has_no_score_counts_as_missed() -> None:
    survey = invented(400, 40, repeats=10)
    size = survey.table["size"]
    assert isinstance(size, Numbers)
    lacking = np.arange(400) % 4 == 0
    gone = Numbers(np.where(lacking, np.nan, size.values))
    table = Table({"size": gone, "roof": survey.table["roof"]}, 400)
    report = evaluate(replace(survey, table=table)).as_dict()
    assert (report["known"], report["not_known"]) == (300, 100)
    errors = report["targeting"]["0.4"]  # type: ignore[index]
    assert errors["exclusion"]["value"] > errors["inclusion"]["value"] + 0.1
    assert errors["chosen"]["value"] == pytest.approx(0.4 * (1 - report["not_known_share"]))  # type: ignore[operator]
    assert "not_known" in [c["caution"] for c in report["cautions"]]  # type: ignore[union-attr]


def test_bad_surveys_are_told_what_to_do(survey: Survey) -> None:
    with pytest.raises(UserError, match="only one cluster"):
        evaluate(replace(survey, cluster=survey.cluster * 0))
    with pytest.raises(UserError, match="all weights are zero"):
        evaluate(replace(survey, weight=survey.weight * 0))
    with pytest.raises(UserError, match="no household is left"):
        evaluate(survey.take(np.arange(0)))
    with pytest.raises(UserError, match="same outcome"):
        evaluate(replace(survey, outcome=survey.outcome * 0 + 7))


def test_one_cluster_can_be_judged_without_intervals(survey: Survey) -> None:
    found = evaluate(replace(survey, cluster=survey.cluster * 0), model=fit_model(survey))
    assert found.figures["r2"].value is not None and found.figures["r2"].low is None
    assert "one_cluster" in _cautions(found)


def test_all_alike_and_nobody_poor(survey: Survey) -> None:
    alike = replace(survey, outcome=survey.outcome * 0 + 9_000)
    found = evaluate(alike, model=fit_model(survey))
    assert {"no_variance", "nobody_below_line"} <= set(_cautions(found))
    report = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert report["r2"]["value"] is None and report["bpac"] is None
    assert report["targeting"]["0.4"]["exclusion"]["value"] == pytest.approx(0.6)
    without = evaluate(replace(survey, line=survey.line * np.nan), model=fit_model(survey))
    assert without.as_dict()["bpac"] is None
    assert "nobody_below_line" not in _cautions(without)


@pytest.mark.parametrize(("line", "caution"), [(1e9, "line_too_high"), (40.0, "line_too_low")])
def test_a_line_in_another_unit_has_no_figures(survey: Survey, line: float, caution: str) -> None:
    outcome = survey.outcome.copy()
    outcome[np.argmin(survey.people)] = 30.0  # one family below the low line, hardly anybody
    odd = replace(survey, outcome=outcome, line=survey.line * 0 + line)
    found = evaluate(odd, model=fit_model(survey))
    assert caution in _cautions(found)
    report = found.as_dict()
    assert report["bpac"] is None and report["rate_below_line"] is None
    assert "line" not in (*report["targeting"], *report["auc"], *report["calibration"])  # type: ignore[misc]
    assert np.isnan(found.figures["calibration/line/0/found"].value or np.nan)
    assert not [c for c in found.cautions if c.values.get("of") == "line"]


def test_few_clusters_and_fewer_folds_are_told() -> None:
    survey = invented(120, 4, repeats=10)
    luck = np.array([-0.6, 0.4, 0.6, -0.4])[survey.cluster]
    found = evaluate(replace(survey, outcome=survey.outcome * np.exp(luck)))
    assert found.as_dict()["folds"] == 4
    assert {"no_ranges", "fewer_folds", "cuts_unsure"} <= set(_cautions(found))
    assert all(figure.low is None for figure in found.figures.values())
    told = evaluate(invented(240, 12, repeats=10))
    assert "few_clusters" in _cautions(told)
    for figure in told.figures.values():
        assert figure.low is None or figure.low <= figure.value <= figure.high  # type: ignore[operator]
    assert all((group.residual.low is None) == (group.clusters < 5) for group in told.groups)


def test_no_model_of_what_nobody_can_know() -> None:
    survey = invented(400, 40, repeats=10)
    noise = np.exp(np.random.default_rng(1).normal(8, 0.5, 400))
    found = evaluate(replace(survey, outcome=noise))
    assert "low_r2" in _cautions(found)
    assert of_model(survey, fit_model(survey)).choose == "quota"


def test_each_caution_and_line_is_said_in_both_languages(
    survey: Survey, found: Evaluation, tmp_path: Path
) -> None:
    write_report(found, tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report == json.loads(json.dumps(found.as_dict()))
    indonesian, english = (lines(report, language) for language in texts.LANGUAGES)
    assert len(indonesian) == len(english) > 15
    assert all("{" not in line for line in (*indonesian, *english))
    assert any("household size" in line for line in english)
    assert any("jumlah anggota" in line and "," in line for line in indonesian)


def test_who_was_left_out_is_printed(survey: Survey, found: Evaluation) -> None:
    some = (LeftOut("no_weight", 7, (2, 3, 4, 5, 6)), LeftOut("no_cluster", 1, (9,), "record"))
    told = replace(found, evidence=replace(found.evidence, survey=replace(survey, left_out=some)))
    report = told.as_dict()
    english, indonesian = "\n".join(lines(report, "en")), "\n".join(lines(report, "id"))
    assert "households: 7 (no weight; line of the file: 2, 3, 4, 5, 6, …)" in english
    assert "7 rumah tangga (tanpa bobot; baris berkas 2, 3, 4, 5, 6, …)" in indonesian
    assert "(tanpa klaster; rekaman 9)" in indonesian


CAUTIONS = {
    "learnt_here": {},
    "one_cluster": {},
    "no_ranges": {"clusters": 4, "strata": 2, "more": 4},
    "few_clusters": {"clusters": 9, "fewest": 20},
    "fewer_folds": {"folds": 3, "asked": 10},
    "lonely_strata": {"strata": 2},
    "not_known": {"households": 1200, "share": 0.125},
    "unseen": {"feature": "roof", "households": 3},
    "no_variance": {},
    "low_r2": {"r2": 0.12, "least": 0.3},
    "nobody_below_line": {},
    "line_too_low": {"share": 0.002},
    "line_too_high": {"share": 0.999},
    "calibration": {"of": "0.4", "fifth": 3, "said": 0.41, "found": 0.52},
    "cuts_unsure": {"low": 0.31, "high": 0.49},
    "few_in_group": {"grouping": SIZE, "group": None, "poor_households": 4, "clusters": 3},
    "group_missed": {"grouping": "place", "group": "town", "exclusion": 0.45, "whole": 0.213},
}


def test_every_caution_has_its_text() -> None:
    named = {key.split("caution_")[1] for key in texts.catalogue() if "judge.caution_" in key}
    assert named == set(CAUTIONS)
    report = {"cautions": [{"caution": key, **values} for key, values in CAUTIONS.items()]}
    for language in texts.LANGUAGES:
        said = caution_lines(report, language)
        assert len(set(said)) == len(CAUTIONS) and not any("{" in line for line in said)
    said = caution_lines(report, "id")
    assert any("1.200" in line and "12,5 %" in line for line in said)


def test_one_of_them_is_said_without_a_plural() -> None:
    one = {"grouping": SIZE, "group": "1-2", "poor_households": 1, "clusters": 1}
    unseen = {"feature": "roof", "households": 1}
    report = {"cautions": [{"caution": "few_in_group", **one}, {"caution": "unseen", **unseen}]}
    said = [*caution_lines(report, "en"), texts.say("explain.of_persons", "en", n=1, said="x")]
    assert not [line for line in said if "1 households" in line or "1 p" in line or "1 c" in line]
    assert said[-1] == "x (persons: 1)"
