"""The World Bank's synthetic country: fitted on the sample of 825, judged on the census."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from public_data import CENSUS, SAMPLE, public_file
from tangga.engine.welfare.fit import fit_model
from tangga.engine.welfare.judge import evaluate
from tangga.engine.welfare.spec_file import read_spec
from tangga.engine.welfare.survey_file import read_survey

SPEC = Path(__file__).parents[1] / "docs" / "tutorial" / "world-bank.toml"


def test_fitted_on_the_sample_and_judged_on_the_census() -> None:
    """Figures that the README gives, so far as the spec of the tests has them."""
    spec = replace(read_spec(SPEC), repeats=20)
    sample = read_survey(public_file(SAMPLE), spec)
    census = read_survey(public_file(CENSUS), spec, census=True)
    report = evaluate(census, model=fit_model(sample), census=True).as_dict()
    assert (report["how"], report["households"], report["clusters"]) == ("census", 57_867, 133)
    assert report["r2"]["value"] == pytest.approx(0.68, abs=0.02)  # type: ignore[index]
    assert report["auc"]["0.4"]["value"] == pytest.approx(0.91, abs=0.01)  # type: ignore[index]
    errors = report["targeting"]
    assert errors["0.2"]["exclusion"]["value"] == pytest.approx(0.30, abs=0.02)  # type: ignore[index]
    assert errors["0.4"]["exclusion"]["value"] == pytest.approx(0.21, abs=0.02)  # type: ignore[index]
    for fifth in report["calibration"]["0.4"]:  # type: ignore[index]
        assert fifth["said"] == pytest.approx(fifth["found"]["value"], abs=0.05)
    missed = {
        (group["grouping"], group["group"]): group["exclusion"]["0.4"]["value"]
        for group in report["groups"]  # type: ignore[union-attr]
    }
    assert missed["size", "< 3"] > 0.4 > 0.25 > missed["size", ">= 5"]
    assert missed["residence", "Urban"] > 0.4 > 0.1 > missed["residence", "Rural"]
    within = evaluate(sample).as_dict()
    whole = errors["0.4"]["exclusion"]["value"]  # type: ignore[index]
    told = within["targeting"]["0.4"]["exclusion"]  # type: ignore[index]
    assert told["low"] < whole < told["high"]


def test_a_model_judged_on_what_it_learnt_from_is_told() -> None:
    spec = replace(read_spec(SPEC), repeats=2)
    sample = read_survey(public_file(SAMPLE), spec)
    model = fit_model(sample)
    first = evaluate(sample, model=model).cautions[0]
    assert first.key == "learnt_here"
    assert "learnt_here" not in {one.key for one in evaluate(sample).cautions}
