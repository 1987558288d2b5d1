"""The decile that one family would have: as if everybody were ranked anew."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tangga.engine.welfare.deciles import deciles
from tangga.engine.welfare.places import places_of

FAMILIES = st.lists(
    st.tuples(st.integers(-40, 40), st.booleans(), st.integers(0, 6)), min_size=1, max_size=60
)


def ranked_anew(rows: list, which: int, score: int, weight: int) -> int:
    """The decile of one family after all are ranked with its new score."""
    scores, known, weights = (np.array(column) for column in zip(*rows, strict=True))
    scores[which], known[which], weights[which] = score, True, weight
    return int(deciles(scores, known, weights)[which])


@given(
    rows=FAMILIES,
    which=st.integers(0, 1000),
    bins=st.sampled_from([1, 2, 5, 40, 1 << 16]),
    more=st.integers(0, 1),
    far=st.sampled_from([1, 1000]),
)
@example(rows=[(0, True, 0)], which=0, bins=5, more=0, far=1)
@example(rows=[(0, False, 3)], which=0, bins=5, more=0, far=1)
@settings(max_examples=150)
def test_as_ranking_everybody_anew(rows, which, bins, more, far) -> None:
    rows = [(score * far, known, weight) for score, known, weight in rows]
    which %= len(rows)
    scores, known, weights = (np.array(column) for column in zip(*rows, strict=True))
    places = places_of(scores, known, weights, bins=bins)
    now = int(scores[which]) if known[which] else None
    weight_now = int(weights[which])
    asked = np.arange(-45, 46) * far + np.arange(91) % 3
    found = places.deciles(asked, weight_now + more, now=now, weight_now=weight_now)
    expected = [ranked_anew(rows, which, score, weight_now + more) for score in asked]
    assert found.tolist() == expected


@given(rows=FAMILIES, decile=st.integers(2, 10), bins=st.sampled_from([1, 5, 1 << 16]))
@settings(max_examples=60)
def test_the_first_score_of_a_decile(rows, decile, bins) -> None:
    scores, known, weights = (np.array(column) for column in zip(*rows, strict=True))
    places = places_of(scores, known, weights, bins=bins)
    now, weight = (int(scores[0]) if known[0] else None), int(weights[0])
    first = places.first_of(decile, weight, now=now)
    all_ = np.arange(-45, 46)
    reached = all_[places.deciles(all_, weight, now=now) >= decile]
    assert first == (reached.min() if 0 < len(reached) < len(all_) else None)


def test_few_spans_for_many_families() -> None:
    random = np.random.default_rng(5)
    scores = np.rint(random.normal(14e6, 0.4e6, 300_000)).astype(np.int64)
    weights = random.integers(1, 9, len(scores))
    known = np.ones(len(scores), dtype=bool)
    places = places_of(scores, known, weights)
    assert places.total == weights.sum() and len(places) < len(scores) / 20
    of_all = deciles(scores, known, weights)
    for which in range(0, len(scores), 30_000):
        score, weight = int(scores[which]), int(weights[which])
        assert places.deciles(np.array([score]), weight, now=score) == of_all[which]
    # CPU time of the best of a few, so that a busy machine does not fail the test.
    spent = []
    for _ in range(5):
        start = time.process_time()
        places.deciles(scores[:500], 4, now=int(scores[0]))
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05


def test_a_weight_that_no_span_was_kept_for() -> None:
    scores = np.arange(100_000)
    places = places_of(scores, scores >= 0, np.ones(100_000, dtype=np.int64), bins=1000)
    with pytest.raises(ValueError, match="weight changed too much"):
        places.deciles(np.arange(100_000), 90_000, now=0, weight_now=1)
