"""A whole run with a model: a village that ranks itself; what is not known is asked, and waits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hand_model import MEMBERS, REGION, hand_model, pack_that_ranks_itself
from tangga.cli.workspace import check
from tangga.engine.catalogue import relation
from tangga.engine.connection import connect
from tangga.engine.explain import explain
from tangga.engine.manifest import Manifest
from tangga.engine.rank.said import said_if_weak
from tangga.engine.run import run_workspace
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.model_file import write_model
from tangga.errors import UserError
from village import DESCRIPTORS, write_village

OFFICIAL = ("peringkat", "dtsen")
"""Sources of an official rank."""


class Village:
    """The village as a workspace with a model, and its first run."""

    def __init__(self, folder: Path, model: Model, pack: Path | None) -> None:
        sources = tuple(name for name in DESCRIPTORS if pack is None or name not in OFFICIAL)
        self.folder = write_village(folder, sources)
        write_model(model, folder / "model")
        settings = folder / "tangga.toml"
        text = settings.read_text() + 'welfare_model = "model"\n'
        settings.write_text(text if pack is None else text.replace('"indonesia"', f'"{pack}"'))
        self.manifest = run_workspace(folder, until="plan")

    def rows(self, table: str, manifest: Manifest | None = None) -> list[dict[str, object]]:
        """Of a table of a run, in order of all columns."""
        run = self.folder / "runs" / (manifest or self.manifest).run
        with connect() as con:
            found = con.execute(f"SELECT * FROM ({relation(run, table)}) ORDER BY ALL")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def asked(self) -> dict[str, set[str]]:
        """Family -> facts of the family that the next visit asks."""
        return {
            str(row["family_id"]): {
                one["fact"] for one in json.loads(str(row["questions"])) if one["person_id"] is None
            }
            for row in self.rows("visits_asked")
        }


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack_that_ranks_itself(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def ranked(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Village:
    """By a model that asks what everybody answered."""
    return Village(tmp_path_factory.mktemp("ranked"), hand_model(MEMBERS, REGION), own)


@pytest.fixture(scope="module")
def unknown(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Village:
    """By one that asks for the floor, which nobody in the village was ever asked."""
    return Village(tmp_path_factory.mktemp("unknown"), hand_model(), own)


def test_decisions_follow_an_indicative_decile(ranked: Village) -> None:
    ranking = {row["family_id"]: row for row in ranked.rows("ranking") if row["people"]}
    facts = {row["family_id"]: row for row in ranked.rows("facts")}
    assert {row["decile_used"] for row in ranking.values()} == {"indicative"}
    assert all(facts[key]["decile"] == row["decile"] for key, row in ranking.items())
    poor = {key for key, row in ranking.items() if int(str(row["decile"])) <= 4}
    verdicts = [row for row in ranked.rows("decisions") if row["programme"] == "sembako"]
    by_decile = [
        one["answer"] == ("yes" if row["family_id"] in poor else "no")
        for row in verdicts
        for one in json.loads(str(row["reasons"]))
        if one["rule"] == "sembako/decile"
    ]
    assert by_decile and all(by_decile)
    assert ranked.rows("rank_indications") == [], "there is no official rank to contradict"


def test_the_manifest_says_which_model_and_what_it_lacks(ranked: Village, unknown: Village) -> None:
    said = ranked.manifest.model
    assert (said["version"], said["ranks"], said["missing"]) == ("hand-1", True, {})
    lived_in = [row for row in ranked.rows("ranking") if row["people"]]
    assert said["scored"] == said["families"] == len(lived_in)
    assert "model/model.json" in ranked.manifest.papers
    assert any("hand-1" in note and "/" in note for note in ranked.manifest.notes)
    assert unknown.manifest.model["scored"] == 0
    assert unknown.manifest.model["missing"]["floor"] == unknown.manifest.model["families"]
    (note,) = (note for note in unknown.manifest.notes if "hand-1" in note)
    assert "Jenis lantai" in note and "Members" not in note, (
        "only what costs the score, by its label"
    )


def test_a_weak_model_is_told() -> None:
    weak = hand_model(MEMBERS, about={"r2_out_of_fold": 0.114})
    (said,) = said_if_weak(weak)
    assert "R2 0,11" in said and "R2 0.11" in said
    assert said_if_weak(hand_model(MEMBERS, about={"r2_out_of_fold": 0.3})) == []
    assert said_if_weak(hand_model(MEMBERS)) == [], "what was not measured is not held against it"


def test_who_has_no_decile_waits_apart_and_is_asked_what_the_model_lacks(unknown: Village) -> None:
    assert {row["decile_used"] for row in unknown.rows("ranking")} == {None}
    waiting = unknown.rows("waiting")
    assert waiting and {row["queue"] for row in waiting} == {"unknown_rank"}
    asked = unknown.asked()
    assert {str(row["family_id"]) for row in waiting} <= asked.keys()
    of_waiting = [asked[str(row["family_id"])] for row in waiting]
    assert all("floor" in facts for facts in of_waiting)
    # What the model can do without is not asked for its sake.
    assert not any("owns_fridge" in facts for facts in of_waiting)
    questions = [
        q for row in unknown.rows("visits_asked") for q in json.loads(str(row["questions"]))
    ]
    assert {q["ask_en"] for q in questions if q["fact"] == "floor"} == {"Main floor material?"}
    assert not any(row["decile"] for row in unknown.rows("facts"))


def test_both_readings_agree_on_such_a_family(ranked: Village) -> None:
    """`explain` reads the rules in Python over what the run stored, and raises where they part."""
    family = next(str(row["family_id"]) for row in ranked.rows("ranking") if row["decile"])
    assert explain(ranked.folder, family).decisions


def test_another_model_makes_rank_and_plan_anew(ranked: Village) -> None:
    assert run_workspace(ranked.folder).mode == "unchanged"
    write_model(hand_model(MEMBERS, REGION, version="hand-2"), ranked.folder / "model")
    again = run_workspace(ranked.folder)
    assert again.mode == "full" and "model/model.json" in again.notes[0]
    assert again.model["version"] == "hand-2"
    # Nothing of any family changed, nor a single point: everybody keeps what they had.
    assert ranked.rows("ranking", again) == ranked.rows("ranking")
    assert ranked.rows("moves", again) == ranked.rows("moves")


def test_a_run_refuses_a_model_before_it_does_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_village(tmp_path / "w")
    with (folder / "tangga.toml").open("a") as file:
        file.write('welfare_model = "model"\n')
    with pytest.raises(UserError, match="there is no model here"):
        run_workspace(folder)
    assert not list((folder / "runs").glob("0*"))
    assert run_workspace(folder, until="ingest").mode == "full", "that asks no model"
    with pytest.raises(UserError, match="there is no model here"):
        check(folder)
    write_model(hand_model(), folder / "model")
    check(folder)
    assert "hand-1" in (said := capsys.readouterr().out) and "BPS" in said


@pytest.mark.slow  # four runs
def test_a_replay_ranks_as_the_day_did(own: Path, tmp_path: Path) -> None:
    """With the model of then: what a later day held is not known on it."""
    then, later = date(2026, 1, 31), date(2026, 4, 30)
    model = hand_model(MEMBERS, REGION)
    village = Village(tmp_path, model, own)
    steeper = replace(MEMBERS, slope=-500_000)
    write_model(hand_model(steeper, REGION, version="hand-2"), tmp_path / "model")
    after = run_workspace(tmp_path, as_of=later)
    write_model(model, tmp_path / "model")
    replay = run_workspace(tmp_path, as_of=then)
    assert replay.replays == after.run
    assert village.rows("ranking", replay) == village.rows("ranking")
    # And the day after that rests on the later run again.
    write_model(hand_model(steeper, REGION, version="hand-2"), tmp_path / "model")
    again = run_workspace(tmp_path, as_of=later)
    assert village.rows("ranking", again) == village.rows("ranking", after)


@pytest.mark.slow  # two runs, compared table by table
def test_beside_the_official_rank_an_unknowing_model_changes_no_list(tmp_path: Path) -> None:
    with_model = Village(tmp_path / "with", hand_model(), None)
    without = write_village(tmp_path / "without")
    plain = Village.__new__(Village)
    plain.folder, plain.manifest = without, run_workspace(without)
    for table in ("decisions", "moves", "visits_asked", "waiting", "signals", "rank_indications"):
        assert with_model.rows(table) == plain.rows(table), table
    assert {row["decile"] for row in with_model.rows("ranking")} == {None}
