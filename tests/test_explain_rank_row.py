"""What a model says of one family of a file, in figures and in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rank_models import EFFECTS, FLOOR, MEMBERS, drawn, model_of
from tangga.engine.explain.rank_words import chance, size
from tangga.engine.explain.ranked_data import RankExplanation
from tangga.engine.explain.scored import Standing, explain_row
from tangga.engine.explain.what_if import options
from tangga.engine.welfare.columns import Codes, Column, Numbers, Table, codes_of
from tangga.engine.welfare.deciles import deciles
from tangga.engine.welfare.model import POINTS, Effect
from tangga.engine.welfare.places import places_of

MODEL = model_of()


def family(**answers: object) -> Table:
    """One family; what is not given is as with most."""
    given_ = {"floor": "cement", "members": 4.0, "roof": "tin", "toilet": "own", "fridge": 0.0}
    columns: dict[str, Column] = {}
    for name, value in (given_ | answers).items():
        if name in ("members", "fridge"):
            columns[name] = Numbers(np.array([np.nan if value is None else value], dtype=float))
        else:
            columns[name] = codes_of([value])  # type: ignore[list-item]
    return Table(columns, 1)


def explained(**answers: object) -> RankExplanation:
    return explain_row(MODEL, family(**answers), 0)


@given(row=st.integers(0, 199), seed=st.integers(0, 5))
@settings(max_examples=60)
def test_contributions_add_up_to_the_score_exactly(row: int, seed: int) -> None:
    table = drawn(200, seed)
    found, scored = explain_row(MODEL, table, row), MODEL.score(table)
    if scored.known[row]:
        assert found.score == scored.score[row]
        assert found.intercept + sum(part.points for part in found.parts) == found.score
        assert found.average + sum(part.beside for part in found.parts) == found.score
        assert found.distance == found.score - round(MODEL.cuts[0.4] * POINTS)
        assert found.poor == pytest.approx(MODEL.chance_within(scored, 0.4)[row], abs=1e-6)
    else:
        assert found.score is None and found.outcome is None and found.placed is None


def test_effects_stand_in_order_of_size_and_what_is_not_known_comes_last() -> None:
    found = explained(floor="earth", members=9.0, toilet=None)
    known = [abs(part.beside) for part in found.parts if part.value is not None]
    assert known == sorted(known, reverse=True)
    assert [part.feature for part in found.parts][-1] == "toilet"
    assert found.missing == ("toilet",)


def test_an_effect_in_words() -> None:
    found = {part.feature: part for part in explained(floor="earth").parts}
    floor = found["floor"]
    assert (floor.label.id, floor.value and floor.value.id) == ("Lantai", "earth")
    # exp(-0.17) - 1: the family's points are 130,000 below none, the average 40,000 above.
    assert floor.beside == -170_000 and floor.percent == -15.63
    assert floor.effect.id == "menurunkan perkiraan sekitar 16 %"
    assert floor.effect.en == "lowers the estimate by about 16 %"
    assert found["roof"].effect.id == "hampir tidak berpengaruh"
    assert explained(floor="tile").parts[0].effect.id == "menaikkan perkiraan sekitar 14 %"


def test_what_is_not_known_and_needed_leaves_no_score_and_says_so() -> None:
    found = explained(floor=None, toilet=None)
    assert found.score is None and found.poor is None
    (said,) = found.words
    assert said.id.startswith("Tidak ada perkiraan, karena ini belum diketahui: Lantai.")
    assert "tidak berarti miskin" in said.id and "neither poor" in said.en
    # One more answer would give a score: each that the survey knew is tried.
    tried = [one for one in found.what_ifs if one.fact == "floor"]
    assert {one.value.id for one in tried} == {"earth", "cement", "tile"}
    assert all(one.changes for one in tried)


def test_what_is_not_known_is_not_among_the_facts_used() -> None:
    known, unknown = explained(roof=None).text(("en",)).split("Not known:\n")
    assert "Facts used" in known and "roof" not in known.split("Facts used")[1]
    assert "- roof: as other families that gave no answer: lowers" in unknown
    none = explained(floor=None).text(("en",))
    assert "Facts used" not in none and "Facts that are known" in none
    assert "- Floor: without this fact there is no estimate" in none.split("Not known:\n")[1]


def test_what_is_not_known_and_not_needed_costs_certainty_only() -> None:
    known, unknown = explained(toilet="own"), explained(toilet=None)
    assert unknown.high is not None and known.high is not None and unknown.low and known.low
    assert unknown.high / unknown.low > known.high / known.low
    effect = {part.feature: part.effect.id for part in unknown.parts}
    assert effect["toilet"] == "dihitung seperti rumah tangga rata-rata"
    assert any("kurang pasti" in said.id and "toilet" in said.id for said in unknown.words)
    own = {part.feature: part.effect.id for part in explained(roof=None).parts}
    assert own["roof"].startswith("seperti keluarga lain yang tidak menjawab: menurunkan")


def test_a_word_that_the_survey_never_had_is_named() -> None:
    found = {part.feature: part for part in explained(toilet="hole").parts}
    assert found["toilet"].value is None
    assert '"hole" tidak dikenal model' in found["toilet"].effect.id
    # The logarithm of one more than -2 cannot be taken.
    logged = Effect(replace(MEMBERS, low=None, high=None), slope=1.0)
    alone = explain_row(model_of((logged,)), Table({"members": Numbers(np.array([-2.0]))}, 1), 0)
    assert alone.score is None and '"-2" tidak dikenal model' in alone.parts[0].effect.id


def test_how_sure_and_how_far() -> None:
    found = explained()
    assert found.score is not None and found.outcome == pytest.approx(exp(found.score / POINTS))
    sigma = exp(-1.0)
    # Eight of ten lie between the tenth and the ninetieth of a hundred parts of the error.
    assert found.high == pytest.approx(exp(found.score / POINTS + 2.4 * sigma))
    assert found.distance is not None
    assert found.distance_percent == round(100 * (exp(found.distance / POINTS) - 1), 2)
    said = " ".join(one.id for one in found.words)
    assert "8 hidup dengan" in said and "Jarak ke batas 40 % termiskin" in said
    below = " ".join(one.id for one in explained(floor="earth", members=12.0).words)
    assert "di bawahnya" in below and "di atasnya" in said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "kurang dari 1 dari 20"), (0.05, "sekitar 1 dari 10"), (0.44, "sekitar 4 dari 10"),
     (0.66, "sekitar 7 dari 10"), (0.95, "sekitar 9 dari 10"), (1.0, "lebih dari 19 dari 20")],
)  # fmt: skip
def test_a_chance_in_words(share: float, said: str) -> None:
    assert chance(share).id == said


def test_a_model_that_is_not_of_logarithms_speaks_of_amounts() -> None:
    effects = (Effect(FLOOR, levels={"earth": -40_000 * POINTS, "tile": 120_000 * POINTS}),)
    model = model_of(effects, log=False, intercept=700_000 * POINTS, cuts={0.2: 4e5, 0.4: 6e5})
    found = explain_row(model, Table({"floor": codes_of(["earth"])}, 1), 0)
    assert found.outcome == 660_000 and found.parts[0].percent is None
    assert found.parts[0].effect.id == "menurunkan perkiraan sekitar 40.000"
    assert size(-2_500 * POINTS, False).en == "2,500"


def test_an_income_is_called_income() -> None:
    model = model_of(about={"outcome": {"kind": "income"}})
    found = explain_row(model, family(), 0)
    assert found.kind == "income" and "pendapatan per orang" in found.words[0].id


@given(row=st.integers(0, 39), seed=st.integers(0, 3), people=st.booleans())
@settings(max_examples=40, deadline=None)
def test_one_correction_changes_the_decile_as_ranking_everybody_anew(
    row: int, seed: int, people: bool
) -> None:
    table = drawn(40, seed)
    scored = MODEL.score(table)
    members = table["members"]
    assert isinstance(members, Numbers)
    weight = members.values.astype(np.int64) if people else np.ones(40, dtype=np.int64)
    now = int(deciles(scored.score, scored.known, weight)[row])
    places = places_of(scored.score, scored.known, weight)
    found = explain_row(MODEL, table, row, standing=Standing(places, int(weight[row]), now, now))
    assert found.what_ifs
    for one in found.what_ifs:
        changed = _with(table, row, one.fact, one.value.en)
        anew = MODEL.score(changed)
        assert anew.known[row] and int(anew.score[row]) == one.score
        expected = int(deciles(anew.score, anew.known, weight)[row])
        assert one.decile == expected
        if scored.known[row]:
            assert one.changes == (expected != now)


def _with(table: Table, row: int, feature: str, said: str) -> Table:
    """The table with one answer of one family changed."""
    column = table[feature]
    if isinstance(column, Numbers):
        values = column.values.copy()
        values[row] = float(said)
        return Table({**table.columns, feature: Numbers(values)}, len(table))
    words = column.as_words()
    words[row] = said
    return Table({**table.columns, feature: codes_of(words)}, len(table))


def test_what_a_fact_could_be_instead() -> None:
    floor, members, *_, fridge = EFFECTS
    assert options(floor, codes_of(["marble"]), {}) == ["earth", "cement"]  # marble counts as tile
    assert options(floor, Codes(np.array([-1]), []), {}) == ["earth", "cement", "tile"]
    assert options(members, Numbers(np.array([1.0])), {}) == [2.0]  # nobody lives in a family of 0
    assert options(members, Numbers(np.array([12.0])), {}) == [11.0]
    assert options(fridge, Numbers(np.array([0.0])), {}) == [1.0]
    unknown = Numbers(np.array([np.nan]))
    assert options(members, unknown, {"members": [2, 4, 6]}) == [2.0, 3.0, 4.0, 5.0, 6.0]
    # A number that goes far is changed in steps that matter: 10 square metres, not one.
    area = Effect(replace(MEMBERS, low=6.0, high=400.0))
    ranges = {"members": [12, 50, 110]}
    assert options(area, Numbers(np.array([40.0])), ranges) == [30.0, 50.0]


def test_nobody_is_told_to_live_elsewhere() -> None:
    region = Effect(
        FLOOR.__class__("region", "prov", "regency", "categorical", missing="average"),
        levels={"a": 0, "b": 90_000}, missing=0,
    )  # fmt: skip
    model = model_of((*EFFECTS, region))
    table = Table({**family().columns, "region": codes_of(["a"])}, 1)
    found = explain_row(model, table, 0)
    assert "region" not in {one.fact for one in found.what_ifs}


def test_as_text_and_as_json() -> None:
    import json

    found = explained(floor="earth", members=7.0, toilet="none")
    text = found.text(("id",))
    assert "- Lantai: earth; menurunkan perkiraan sekitar 16 %" in text
    assert "peluang termasuk 40 % termiskin menjadi:" in text
    assert "desil" not in text.lower()  # nobody was ranked: no decile is spoken of
    again = json.loads(json.dumps(found.as_dict()))
    assert again["intercept"] + sum(part["points"] for part in again["parts"]) == again["score"]


def test_a_held_decile_says_why() -> None:
    table = drawn(40)
    scored = MODEL.score(table)
    ones = np.ones(40, dtype=np.int64)
    raw = deciles(scored.score, scored.known, ones)
    row = int(np.flatnonzero(raw == 5)[0])
    places, since = places_of(scored.score, scored.known, ones), date(2025, 7, 1)
    standing = Standing(places, 1, 4, 5, 6, since=since, before=3)
    text = explain_row(MODEL, table, row, standing=standing).text(("id",))
    assert "Desil 4 dari 10" in text and "urutan sekarang desilnya 5" in text
    assert "Desil setempat, di wilayahnya sendiri: 6." in text
    assert "Sejak 1 Juli 2025; sebelumnya desil 3." in text
