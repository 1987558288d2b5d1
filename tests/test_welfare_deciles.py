"""Deciles and held deciles, each against a plain reading of its definition, family by family."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.welfare.deciles import deciles, whole
from tangga.engine.welfare.held import held

Family = tuple[int, bool, int, int]
"""(score, known, weight, group: -1 for none)."""

SCORES = st.one_of(st.integers(-3, 3), st.integers(-(2**40), 2**40))
FAMILIES = st.lists(st.tuples(SCORES, st.booleans(), st.integers(0, 9), st.integers(-1, 3)))
HEAVY = st.lists(st.tuples(SCORES, st.booleans(), st.integers(0, 2**40), st.integers(-1, 3)))


def _arrays(families: list[Family]) -> tuple[np.ndarray, ...]:
    score, known, weight, group = zip(*families, strict=True) if families else ([], [], [], [])
    whole_numbers = (np.array(values, dtype=np.int64) for values in (score, weight, group))
    score, weight, group = whole_numbers
    return score, np.array(known, dtype=bool), weight, group


def _plainly(families: list[Family], parts: int, local: bool) -> list[int]:
    """One family after another, each against all others: the definition and nothing else."""
    found = []
    for score, known, _, group in families:
        others = [(s, w) for s, k, w, g in families if k and (not local or g == group)]
        total = sum(w for _, w in others)
        below = sum(w for s, w in others if s < score)
        tied = sum(w for s, w in others if s == score)
        none = not known or total == 0 or (local and group < 0)
        part = 0 if none else min(parts, 1 + parts * (2 * below + tied) // (2 * total))
        found.append(part)
    return found


@given(st.one_of(FAMILIES, HEAVY), st.sampled_from([1, 2, 10, 100]), st.booleans())
def test_deciles_are_what_their_definition_says(
    families: list[Family], parts: int, local: bool
) -> None:
    score, known, weight, group = _arrays(families)
    found = deciles(score, known, weight, parts=parts, within=group if local else None)
    assert found.tolist() == _plainly(families, parts, local)


def test_ten_families_of_one_person_are_a_decile_each() -> None:
    score = np.array([3, 1, 4, 10, 5, 9, 2, 6, 8, 7])
    found = deciles(score, np.ones(10, dtype=bool), np.ones(10, dtype=np.int64))
    assert found.tolist() == score.tolist()


def test_a_large_family_counts_by_its_people() -> None:
    score, known = np.array([1, 2, 3]), np.ones(3, dtype=bool)
    assert deciles(score, known, np.array([8, 1, 1])).tolist() == [5, 9, 10]
    assert deciles(score, known, np.array([1, 1, 1])).tolist() == [2, 6, 9]


def test_who_is_not_known_has_no_decile_and_moves_nobody_elses() -> None:
    score, weight = np.array([0, 5, 6, 0]), np.ones(4, dtype=np.int64)
    known = np.array([False, True, True, False])
    assert deciles(score, known, weight).tolist() == [0, 3, 8, 0]


def test_nobody_is_torn_from_a_neighbour_with_the_same_score() -> None:
    score, known = np.array([7] * 5), np.ones(5, dtype=bool)
    assert deciles(score, known, np.ones(5, dtype=np.int64)).tolist() == [6] * 5


@given(FAMILIES, st.randoms())
def test_the_order_of_rows_changes_nothing(families: list[Family], random: object) -> None:
    order = list(range(len(families)))
    random.shuffle(order)  # type: ignore[attr-defined]
    score, known, weight, group = _arrays(families)
    one = deciles(score, known, weight, within=group)
    other = deciles(score[order], known[order], weight[order], within=group[order])
    assert one[order].tolist() == other.tolist()


def test_many_families_meet_the_quota_nationally_and_locally() -> None:
    random = np.random.default_rng(1)
    score = random.normal(0, 1e6, 300_000).astype(np.int64)
    group, known = random.integers(0, 5, 300_000), np.ones(300_000, dtype=bool)
    weight = random.integers(1, 9, 300_000)
    for within in (None, group):
        found = deciles(score, known, weight, within=within)
        for some in (slice(None), group == 2) if within is not None else (slice(None),):
            share = np.bincount(found[some], weights=weight[some])[1:] / weight[some].sum()
            assert np.abs(share - 0.1).max() < 0.001


@pytest.mark.parametrize(
    ("score", "weight", "parts", "wrong"),
    [
        ([1, 2], [1, -1], 10, "negative"),
        ([1, 2], [1], 10, "lengths"),
        ([1, 2], [0.5, 0.5], 10, "whole"),
        ([1, 2], [2**62, 2**62], 10, "too large"),
        ([-(2**62), 2**62], [1, 1], 10, "too far"),
        ([1, 2], [1, 1], 0, "parts"),
    ],
)
def test_what_cannot_be_ranked_is_refused(
    score: list[int], weight: list[float], parts: int, wrong: str
) -> None:
    with pytest.raises(ValueError, match=wrong):
        deciles(np.array(score), np.ones(2, dtype=bool), np.array(weight), parts=parts)


@given(st.lists(st.floats(0, 1e9), min_size=1))
def test_weights_become_whole_with_nothing_lost_but_the_last_digits(weights: list[float]) -> None:
    found = whole(np.array(weights))
    assert found.dtype == np.int64
    if all(weight == int(weight) for weight in weights):
        assert found.tolist() == [int(weight) for weight in weights]
    largest = max(weights)
    for weight, steps in zip(weights, found, strict=True):
        assert steps * largest == pytest.approx(weight * found.max(), abs=largest * 2)


SHARES = (0.2, 0.4)
CHANCES = st.one_of(st.floats(0, 1), st.just(float("nan")), st.sampled_from([0.4, 0.5, 0.6]))
HELD = st.tuples(st.integers(0, 10), st.integers(0, 10), st.booleans(), CHANCES, CHANCES)


def _held_plainly(
    raw: int, before: int, unchanged: bool, chances: tuple[float, float], margin: float
) -> int:
    """The rule in words, for one family."""
    if raw == 0 or before == 0 or not unchanged:
        return raw
    lowest, highest, crossed, inner = 1, 10, False, False
    for share, chance in zip(SHARES, chances, strict=True):
        last = int(10 * share)
        inside = before <= last
        if inside and raw > last and chance < 0.5 - margin:
            inside, crossed = False, True
        elif not inside and raw <= last and chance > 0.5 + margin:
            inside, crossed = True, True
        inner = inner or inside
        lowest, highest = (lowest, min(highest, last)) if inner else (last + 1, highest)
    return min(max(raw, lowest), highest) if crossed else before


@given(st.lists(HELD), st.sampled_from([0.0, 0.1, 0.3]))
def test_held_deciles_are_what_their_rule_says(
    families: list[tuple[int, int, bool, float, float]], margin: float
) -> None:
    raw, before, unchanged, poorest, poor = zip(*families, strict=True) if families else [()] * 5
    chances = {0.2: np.array(poorest, dtype=float), 0.4: np.array(poor, dtype=float)}
    found = held(
        np.array(raw, dtype=np.int8),
        np.array(before, dtype=np.int8),
        np.array(unchanged, dtype=bool),
        chances,
        margin,
    )
    assert found.dtype == np.int8
    assert found.tolist() == [_held_plainly(r, b, u, (q, p), margin) for r, b, u, q, p in families]
    # Ranked again the same day, by the same model: nobody moves.
    again = held(
        np.array(raw, dtype=np.int8), found, np.ones(len(found), dtype=bool), chances, margin
    )
    assert again.tolist() == found.tolist()


@pytest.mark.parametrize(
    ("raw", "before", "unchanged", "chances", "decile"),
    [
        (5, 4, True, (0.05, 0.45), 4),  # over the line by a hair: it stays
        (5, 4, True, (0.05, 0.39), 5),  # clearly over it
        (4, 5, True, (0.05, 0.55), 5),  # the same, seen from the other side
        (4, 5, True, (0.05, 0.61), 4),
        (7, 7, True, (0.30, 0.75), 7),  # its chance says poor, where so many are: not the quota
        (3, 3, True, (0.10, 0.30), 3),  # and the other way round
        (9, 6, True, (0.01, 0.02), 6),  # crossed nothing that help depends on
        (5, 2, True, (0.30, 0.45), 4),  # let go of the poorest fifth, not of the poorest two
        (5, 4, False, (0.05, 0.45), 5),  # its answers changed
        (5, 0, True, (0.05, 0.45), 5),  # never had one
        (0, 4, True, (float("nan"), float("nan")), 0),  # nothing known: none, not the poorest
    ],
)
def test_a_family_stays_unless_it_is_clear_that_it_crossed(
    raw: int, before: int, unchanged: bool, chances: tuple[float, float], decile: int
) -> None:
    arrays = (np.array([raw], dtype=np.int8), np.array([before], dtype=np.int8))
    given_chances = {share: np.array([c]) for share, c in zip(SHARES, chances, strict=True)}
    assert held(*arrays, np.array([unchanged]), given_chances, 0.1).tolist() == [decile]


def test_a_margin_beyond_its_bounds_or_arrays_of_several_lengths_are_refused() -> None:
    one, two = np.array([1], dtype=np.int8), np.array([1, 2], dtype=np.int8)
    with pytest.raises(ValueError, match="margin"):
        held(one, one, np.array([True]), {}, 0.5)
    with pytest.raises(ValueError, match="lengths"):
        held(one, two, np.array([True]), {}, 0.1)
