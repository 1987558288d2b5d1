"""model.json: readable, the same bytes twice, and the same scores in another process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tangga.engine.welfare.columns import Codes, Numbers, Table
from tangga.engine.welfare.fit import fit_mean, fit_model
from tangga.engine.welfare.model import POINTS, Model
from tangga.engine.welfare.model_file import FORMAT, NAME, model_hash, read_model, write_model
from tangga.errors import BadPack
from welfare_tables import ROOF, SIZE, invented

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def model() -> Model:
    survey = invented()
    survey = replace(survey, spec=replace(survey.spec, cutoff="calibrated", shock=0.15))
    return fit_model(survey)


def test_what_is_read_is_what_was_written(model: Model, tmp_path: Path) -> None:
    file = write_model(model, tmp_path / "new" / "folder")
    assert file == tmp_path / "new" / "folder" / NAME
    assert read_model(file) == read_model(file.parent) == model
    assert list(file.parent.iterdir()) == [file]


def test_every_part_of_a_feature_goes_the_round(model: Model, tmp_path: Path) -> None:
    one = replace(
        SIZE, column="c", fact="f", low=1.5, high=None, labels={"id": "ukuran", "en": "size"}
    )
    other = replace(
        ROOF, groups={"zinc": "tin"}, order=("tin", "tile"), monotone=-1, not_known=("9",)
    )
    size, roof = model.effects
    steps = replace(size, feature=one, starts=(2.0, 3.5), steps=(-3, 0, 9), missing=5, doubt=0.25)
    changed = replace(model, effects=(steps, replace(roof, feature=other)))
    assert read_model(write_model(changed, tmp_path)) == changed


def test_the_file_is_readable_and_tells_no_day_and_no_folder(model: Model, tmp_path: Path) -> None:
    text = write_model(model, tmp_path).read_text(encoding="utf-8")
    data = json.loads(text)
    assert list(data) == sorted(data)
    assert {"intercept", "effects", "spread", "quantiles", "cuts", "about", "sha256"} <= set(data)
    assert text.count("\n") > 100
    assert not re.search(r"\d{4}-\d{2}-\d{2}|\d{2}:\d{2}", text)
    assert str(tmp_path) not in text
    assert "/" not in json.dumps(data["about"])


def test_the_version_is_that_of_the_spec_and_of_what_was_learnt(model: Model) -> None:
    assert model.version == f"test-{model_hash(model)[:8]}"
    assert fit_model(invented(seed=2)).version != fit_model(invented()).version


ELSEWHERE = """
import sys
from pathlib import Path
from welfare_tables import invented
from tangga.engine.welfare.fit import fit_model
from tangga.engine.welfare.model_file import read_model, write_model
write_model(fit_model(invented(3000, 60), correction=True), Path(sys.argv[2]))
model = read_model(Path(sys.argv[1]))
scored = model.score(invented(5000, 60, seed=4).table)
told = [scored.score, scored.sigma, *(model.chance_within(scored, share) for share in (0.2, 0.4))]
sys.stdout.buffer.write(b"".join(array.tobytes() for array in told))
"""


def elsewhere(code: str, *arguments: object, threads: int = 1) -> bytes:
    """What a program writes in a process of its own, with so many threads for linear algebra."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
    }
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def test_another_process_fits_the_same_bytes_and_scores_the_same_bytes(tmp_path: Path) -> None:
    one = fit_model(invented(3000, 60), correction=True)
    write_model(one, tmp_path / "one")
    there = elsewhere(ELSEWHERE, tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "one" / NAME).read_bytes() == (tmp_path / "two" / NAME).read_bytes()
    scored = one.score(invented(5000, 60, seed=4).table)
    here = [scored.score, scored.sigma, *(one.chance_within(scored, share) for share in (0.2, 0.4))]
    assert there == b"".join(array.tobytes() for array in here)


def damaged(file: Path, change) -> None:
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")


DAMAGE = [
    (lambda text: text[: len(text) // 2], "cut off or damaged"),
    (lambda text: "", "cut off or damaged"),
    (lambda text: text.replace('"held": 0.1', '"held": 0.2'), "changed since it was written"),
    (lambda text: re.sub(r'"sha256": "\w{64}",\n "shock"', '"shock"', text), "changed since"),
    (lambda text: text.replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}'), "newer program"),
    (lambda text: "[]", "no model file"),
    (lambda text: '{"a": 1}', "no model file"),
]


@pytest.mark.parametrize(("change", "what"), DAMAGE)
def test_a_damaged_file_is_refused(model: Model, tmp_path: Path, change, what: str) -> None:
    file = write_model(model, tmp_path)
    damaged(file, change)
    with pytest.raises(BadPack, match=what) as caught:
        read_model(tmp_path)
    assert str(file) in str(caught.value)


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(BadPack, match=r"no model here. Make one: tangga welfare fit"):
        read_model(tmp_path)
    (tmp_path / NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadPack, match="no text in UTF-8"):
        read_model(tmp_path)


# -- the boosted correction -------------------------------------------------------------------


def bent(households: int = 2000, seed: int = 1, *, missing: str = "average"):
    """A survey in which living space counts up to a point only, and some have none recorded."""
    survey = invented(households, households // 20, seed)
    random = np.random.default_rng(seed)
    space = random.uniform(1, 20, households).round(1)
    outcome = survey.outcome * np.exp(np.minimum(space, 5) / 5)
    space[random.random(households) < 0.05] = np.nan
    from tangga.engine.welfare.spec import Feature

    feature = Feature("space", "space", "space", "numeric", monotone=1, missing=missing)
    spec = replace(survey.spec, features=(SIZE, ROOF, feature), correction=True)
    table = Table({**survey.table.columns, "space": Numbers(space)}, households)
    return replace(survey, outcome=outcome, table=table, spec=spec)


def test_steps_are_the_trees_prediction_exactly() -> None:
    from tangga.engine.welfare.boost import grow, read_out

    random = np.random.default_rng(1)
    codes = random.integers(0, 12, (800, 3)).astype(float)
    error = np.sin(codes[:, 0]) + 0.1 * codes[:, 1] + random.normal(size=800)
    trees = grow(codes, error, random.uniform(1, 3, 800), [0, 1, -1])
    heights = read_out(trees, [12, 12, 12])
    added = sum(h[c.astype(int)] for h, c in zip(heights, codes.T, strict=True))
    constant = trees.predict(np.zeros((1, 3)))[0]
    assert np.abs(added + constant - trees.predict(codes)).max() < 1e-9
    assert (np.diff(heights[1]) >= 0).all()
    assert (np.diff(heights[2]) <= 0).all()


@pytest.mark.parametrize("missing", ["unknown", "own", "average"])
def test_a_correction_that_helps_is_kept_and_stays_a_sum(missing: str) -> None:
    survey = bent(missing=missing)
    model = fit_model(survey)
    told = model.about["correction"]
    assert (told["asked"], told["kept"]) == (True, True)
    assert told["gain"] > told["standard_error"] > 0
    space = model.effects[2]
    assert len(space.steps) == len(space.starts) + 1 > 2
    # Line and steps together keep the direction that the spec asks for.
    grid = Numbers(np.linspace(0, 25, 400))
    assert (np.diff(space.points(grid)[0]) >= 0).all()
    scored = model.score(survey.table)
    for row in np.flatnonzero(scored.known)[:5]:
        parts = model.contributions(survey.table, int(row))
        assert model.intercept + sum(part.points for part in parts) == scored.score[row]
    plain = fit_model(survey, correction=False)
    assert plain.about["correction"] == {"asked": False, "kept": False}
    unseen = bent(4000, seed=5, missing=missing)
    errors = [_error(m, unseen) for m in (model, plain)]
    assert errors[0] < errors[1]
    if missing == "average":
        assert space.doubt > plain.effects[2].doubt * 0.5


def _error(model: Model, survey) -> float:
    scored = model.score(survey.table)
    return float(np.square(np.log(survey.outcome) - scored.score / POINTS)[scored.known].mean())


@pytest.mark.slow
def test_a_correction_of_what_is_straight_is_not_kept() -> None:
    kept = [
        fit_model(invented(seed=s), correction=True).about["correction"]["kept"] for s in (1, 2)
    ]
    assert kept == [False, False]
    survey = invented()
    corrected, plain = fit_model(survey, correction=True), fit_model(survey)
    assert (corrected.effects, corrected.quantiles) == (plain.effects, plain.quantiles)


def test_a_correction_needs_numbers() -> None:
    survey = invented()
    table = Table({"roof": survey.table["roof"]}, len(survey))
    survey = replace(survey, table=table, spec=replace(survey.spec, features=(ROOF,)))
    assert fit_mean(survey, correction=True) == fit_mean(survey)
    assert isinstance(table["roof"], Codes)


def test_without_trees_the_way_to_them_is_told() -> None:
    code = """
import sys
sys.modules["sklearn"] = None
from welfare_tables import invented
from tangga.engine.welfare.fit import fit_model
fit_model(invented())
try:
    fit_model(invented(), correction=True)
except Exception as error:
    print(type(error).__name__, error)
"""
    said = elsewhere(code).decode()
    assert said.startswith("UserError a boosted correction needs scikit-learn")
    assert "pip install" in said and "correction = false" in said
