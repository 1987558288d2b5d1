"""`tangga welfare`: a survey to a model with its card, and a model to families."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from tangga.cli import welfare
from tangga.cli.app import app
from tangga.engine.welfare import spec_file
from tangga.engine.welfare.apply import RESULTS
from tangga.engine.welfare.card import NAMES
from tangga.engine.welfare.card_effects import effects
from tangga.engine.welfare.model_file import read_model
from tangga.engine.welfare.plots import charts
from tangga.engine.welfare.shown import Shown
from tangga.errors import UserError
from tangga.texts import LANGUAGES
from welfare_tables import invented

ROOT = Path(__file__).parents[1]
SPEC = """
version = "test"
[outcome]
column = "consumption"
unit = "per person and month"
line = 1500
[survey]
weight = "weight"
members = "members"
cluster = "village"
strata = ["district"]
[model]
folds = 3
repeats = 12
[features.size]
kind = "numeric"
transform = "log1p"
monotone = -1
label_id = "jumlah anggota"
label_en = "household members"
[features.roof]
kind = "categorical"
missing = "average"
[groups.place]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey with one household that cannot be learnt from, its spec, and the model fitted."""
    folder = tmp_path_factory.mktemp("welfare")
    survey = invented(300, 30)
    columns = {
        "village": survey.cluster,
        "district": survey.stratum,
        "weight": survey.weight,
        "members": survey.members.astype(int),
        "consumption": survey.outcome,
        "size": survey.members,
        "roof": survey.table["roof"].as_words(),
        "place": survey.groups["place"].as_words(),
    }
    with (folder / "survey.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows(zip(*columns.values(), strict=True))
        out.writerow([1, 0, 10, 3, "", 3, "tin", "town"])
    (folder / "spec.toml").write_text(SPEC)
    welfare.fit(folder / "survey.csv", spec=folder / "spec.toml", out=folder / "model")
    return folder


def test_fitting_writes_all_of_it_and_the_same_bytes_again(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    welfare.fit(folder / "survey.csv", spec=folder / "spec.toml", out=tmp_path / "again")
    said = capsys.readouterr().out
    assert "Cross-validated by cluster" in said
    assert "Uji silang per klaster" in said
    names = ["model.json", "evaluation.json", "spec.toml", *NAMES.values()]
    plots = [f"plots/{n}.{lang}.svg" for n in ("calibration", "tenths", "groups", "concentration")
             for lang in LANGUAGES]  # fmt: skip
    made = {str(f.relative_to(tmp_path / "again")) for f in (tmp_path / "again").rglob("*.*")}
    assert made == {*names, *plots}
    for name in made:
        assert (tmp_path / "again" / name).read_bytes() == (folder / "model" / name).read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_says_what_must_be_known(folder: Path, language: str) -> None:
    card = (folder / "model" / NAMES[language]).read_text(encoding="utf-8")
    report = json.loads((folder / "model" / "evaluation.json").read_text(encoding="utf-8"))
    missed = 100 * report["targeting"]["0.4"]["exclusion"]["value"]
    shown = f"{missed:.1f}".replace(".", "," if language == "id" else ".")
    r2 = Shown(language).number(report["r2"]["value"])  # type: ignore[arg-type]
    verdict = {"id": "Perkiraan, bukan putusan", "en": "An estimate, not a verdict"}[language]
    first = next(line for line in card.splitlines() if line.startswith("> "))
    assert verdict in first and shown in first
    wanted = {
        "id": ("tiga dari sepuluh", "tanpa pengeluaran atau pendapatan | 1 | baris berkas 302",
               f"R² model ini {r2}", "jumlah anggota",
               "BPS", "bobot dikali anggota", "Bukan untuk apa", "desil ditahan"),
        "en": ("three in ten", "no consumption or income | 1 | line of the file: 302",
               f"Its R² is {r2};", "household members",
               "BPS", "weight times members", "What it is not for", "deciles held"),
    }[language]  # fmt: skip
    assert [word for word in wanted if word not in card] == []
    assert "{" not in card and "None" not in card
    links = re.findall(r"\]\((.+?)\)", card)
    assert len(links) == 5
    assert [link for link in links if not (folder / "model" / link).exists()] == []
    rows = [line for line in card.splitlines() if line.startswith("| ")]
    assert all(line.endswith(" |") for line in rows)


def test_the_card_tells_effects_as_they_score(folder: Path) -> None:
    model = read_model(folder / "model")
    text = "\n".join(effects(model, Shown("en")))
    roof = next(e for e in model.effects if e.feature.name == "roof")
    for word, points in roof.levels.items():
        change = 100 * np.expm1((points - roof.centre) / 1e6)
        assert f"| {word} | {'+' if change >= 0 else '−'}{abs(change):.1f} %" in text.replace(
            "\N{NO-BREAK SPACE}", " "
        )
    assert "twice as many" in text


def test_charts_load_nothing_and_name_no_machine(folder: Path) -> None:
    for file in (folder / "model" / "plots").iterdir():
        svg = file.read_text(encoding="utf-8")
        addresses = set(re.findall(r'"(\w+://[^"]*)"', svg))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
        assert set(re.findall(r'font-family="([^"]*)"', svg)) == {"sans-serif"}
        assert "<script" not in svg and "<image" not in svg
        assert str(folder) not in svg


def test_a_chart_of_which_nothing_is_known_is_not_drawn(folder: Path) -> None:
    report = json.loads((folder / "model" / "evaluation.json").read_text(encoding="utf-8"))
    nothing = {"value": None, "low": None, "high": None}
    report["calibration"], report["groups"] = {}, []
    report["curves"] = {"share_of_people": [], "by_outcome": [], "by_score": []}
    report["tenths"] = [{"households": 0, "predicted": None, "observed": nothing}]
    assert charts(report, "en") == {}


def test_a_saved_model_is_judged_on_a_census(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "census.json"
    files = {"spec": folder / "spec.toml", "model": folder / "model", "report": to}
    welfare.evaluate(folder / "survey.csv", **files, learnt_from=None, census=True)
    report = json.loads(to.read_text(encoding="utf-8"))
    assert (report["how"], report["folds"]) == ("census", 0)
    assert report["stability"] is None
    assert report["weight"] == pytest.approx(sum(invented(300, 30).members))
    assert "census.json" in capsys.readouterr().out


def test_a_model_is_applied_to_families(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "ranked.parquet"
    options = {"members": "members", "local": "district", "id": None, "keep": "village, place"}
    welfare.apply(folder / "model", folder / "survey.csv", out=to, before=None, **options)
    table = pq.read_table(to)
    assert table.num_rows == 301
    assert table.column_names[-2:] == ["village", "place"]
    assert table.column_names[:7] == [
        "id", "score", "probability", "probability_poorest", "decile_raw", "decile", "decile_local",
    ]  # fmt: skip
    said = " ".join(capsys.readouterr().out.split())
    assert "301 families read: 301 have a score" in said
    assert "never put beside the official ones" in said
    assert "tidak pernah diletakkan di samping desil resmi" in said


def test_one_family_of_a_file_is_explained(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {"members": "members", "local": "district", "id": None}
    given = (folder / "model", folder / "survey.csv")
    welfare.explain(*given, "7", **columns, as_json=True, language=None)
    found = json.loads(capsys.readouterr().out)
    assert found["intercept"] + sum(part["points"] for part in found["parts"]) == found["score"]
    assert 1 <= found["placed"]["local"] <= 10
    welfare.explain(*given, "7", **columns, as_json=False, language="en")
    said = capsys.readouterr().out
    assert "Chance of being among the poorest 40 %" in said
    assert "an estimate, not a verdict" in said
    for wrong in ("0", "302", "x"):
        with pytest.raises(UserError, match="from 1 to 301"):
            welfare.explain(*given, wrong, **columns, as_json=True, language=None)
    with pytest.raises(UserError, match="families have this id"):
        columns = {**columns, "id": "village"}
        welfare.explain(*given, "1", **columns, as_json=True, language=None)


def test_a_mistake_ends_with_2_and_says_what(folder: Path, tmp_path: Path) -> None:
    arguments = ["apply", folder / "model", folder / "survey.csv", "--out", "o.csv", "--id", "nik"]
    done = subprocess.run(
        [sys.executable, "-m", "tangga", "welfare", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert done.returncode == 2, done.stderr
    assert "no column 'nik'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_survey_that_is_not_there_and_a_file_for_a_folder_are_told(folder: Path) -> None:
    spec = folder / "spec.toml"
    with pytest.raises(UserError, match=r"none\.csv"):
        welfare.fit(folder / "none.csv", spec=spec, out=folder / "other")
    with pytest.raises(UserError, match="folder"):
        welfare.fit(folder / "survey.csv", spec=spec, out=spec)
    assert not (folder / "other").exists()


def test_measures_of_a_survey_are_a_command(folder: Path) -> None:
    asked = ["welfare", "measures", str(folder / "survey.csv"), "--spec", str(folder / "spec.toml")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "Gini" in done.output


def test_the_guide_names_every_key_of_a_spec_and_of_a_report(folder: Path) -> None:
    page = (ROOT / "docs" / "guides" / "welfare.md").read_text(encoding="utf-8")
    rows = "\n".join(re.findall(r"^\| .+ \|$", page, flags=re.MULTILINE))
    named = set(re.findall(r"`(\w+)`", rows))
    keys = {key for table, keys in spec_file.KEYS.items() if table for key in keys}
    keys |= {*spec_file.OF_NUMBERS, *spec_file.OF_WORDS}
    report = json.loads((folder / "model" / "evaluation.json").read_text(encoding="utf-8"))
    assert (keys | set(report) | set(RESULTS)) - named == set()
