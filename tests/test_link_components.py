"""Which links stand when they would put together what must stay apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.link.components import NUMBERED, RULED, Groups, Links, join


def groups(n, *, number=None, records=None, different=()):
    return Groups(
        gid=np.arange(10, 10 + n, dtype=np.int64),
        records=np.array(records or [1] * n, dtype=np.int64),
        number=np.array(number or [0] * n, dtype=np.int64),
        different=list(different),
    )


def links(*edges):
    rows = [(*edge, -1) if len(edge) == 3 else edge for edge in edges]
    columns = [np.array(c, dtype=np.int64) for c in zip(*rows, strict=True)] or [
        np.zeros(0, dtype=np.int64)
    ] * 4
    return Links(*columns)


def outcome(g, found, cap=24):
    result = join(g, found, threshold=200, cap=cap)
    return result.label.tolist(), result.decision, result.reason


def test_strong_links_join_and_weak_ones_go_to_a_clerk():
    label, decision, reason = outcome(groups(4), links((0, 1, 900), (2, 3, 100)))
    assert label == [0, 0, 2, 3]
    assert decision == ["link", "review"]
    assert reason == ["", "weak"]


def test_two_confirmed_numbers_never_meet_and_the_weakest_link_is_cut():
    g = groups(3, number=[7, 0, 9])
    label, decision, reason = outcome(g, links((0, 1, 900), (1, 2, 800)))
    assert label == [0, 0, 2]
    assert decision == ["link", "review"]
    assert reason == ["", "two proven numbers"]


def test_a_clerks_different_beats_the_evidence():
    g = groups(3, different=[(0, 2)])
    label, decision, reason = outcome(g, links((0, 1, RULED), (1, 2, 900)))
    assert label == [0, 0, 2]
    assert decision == ["link", "reject"]
    assert reason == ["", "ruled different"]


def test_rulings_that_contradict_go_to_a_clerk():
    g = groups(3, different=[(0, 2)])
    label, decision, reason = outcome(g, links((0, 1, RULED), (1, 2, RULED)))
    assert label == [0, 0, 2]
    assert decision == ["link", "review"]
    assert reason == ["", "rulings contradict"]


def test_a_clerks_same_joins_two_proven_numbers_and_any_size():
    g = groups(4, number=[7, 9, 9, 5], records=[20, 20, 1, 1])
    found = links((0, 1, RULED), (0, 2, 900), (0, 3, 800))
    label, decision, reason = outcome(g, found, cap=60)
    assert label == [0, 0, 0, 3]
    assert decision == ["link", "link", "review"]
    assert reason == ["", "", "two proven numbers"]
    label, *_ = outcome(g, found, cap=24)
    assert label == [0, 0, 2, 3]


def test_an_equal_number_joins_before_any_evidence_but_not_what_must_stay_apart():
    g = groups(3, number=[7, 0, 9])
    label, decision, reason = outcome(g, links((0, 1, 900), (1, 2, NUMBERED)))
    assert label == [0, 1, 1]
    assert decision == ["review", "link"]
    label, decision, reason = outcome(groups(2, number=[7, 9]), links((0, 1, NUMBERED)))
    assert (label, decision, reason) == ([0, 1], ["review"], ["two proven numbers"])
    label, decision, reason = outcome(groups(2, records=[20, 5]), links((0, 1, NUMBERED)))
    assert (label, decision, reason) == ([0, 1], ["review"], ["too many records"])
    label, decision, reason = outcome(groups(2, different=[(0, 1)]), links((0, 1, NUMBERED)))
    assert (label, decision, reason) == ([0, 1], ["reject"], ["ruled different"])


def test_a_clerks_same_comes_before_an_equal_number():
    g = groups(3, number=[7, 0, 9])
    label, decision, reason = outcome(g, links((0, 1, NUMBERED), (1, 2, RULED)))
    assert label == [0, 1, 1]
    assert decision == ["review", "link"]
    assert reason == ["two proven numbers", ""]


def test_a_person_has_no_more_records_than_the_cap():
    label, decision, _ = outcome(
        groups(3, records=[2, 2, 2]), links((0, 1, 900), (1, 2, 901)), cap=4
    )
    assert label == [0, 1, 1]
    assert decision == ["review", "link"]


def test_two_candidates_alike_go_to_a_clerk_unless_they_are_one_person():
    apart = outcome(groups(3), links((0, 1, 900, 2)))
    assert apart == ([0, 1, 2], ["review"], ["ambiguous"])
    label, decision, _ = outcome(groups(3), links((0, 1, 900, 2), (1, 2, 700)))
    assert (label, decision) == ([0, 0, 0], ["link", "link"])


@st.composite
def graphs(draw):
    """Groups, and links of which none is ruled."""
    n = draw(st.integers(2, 9))
    ends = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] < e[1])
    edges = draw(st.lists(ends, unique=True, max_size=14))
    weights = draw(st.lists(st.integers(0, 6), min_size=len(edges), max_size=len(edges)))
    number = draw(st.lists(st.sampled_from([0, 0, 5, 6]), min_size=n, max_size=n))
    different = draw(st.lists(ends, unique=True, max_size=3))
    found = [(a, b, 100 * w) for (a, b), w in zip(edges, weights, strict=True)]
    return n, number, different, found, draw(st.permutations(range(len(found))))


@given(graphs())
def test_nothing_forbidden_is_ever_together_and_order_changes_nothing(graph):
    n, number, different, found, order = graph
    g = groups(n, number=number, different=different)
    label, decision, _ = outcome(g, links(*found), cap=5)
    for a in range(n):
        for b in range(n):
            if label[a] == label[b]:
                assert not (number[a] and number[b] and number[a] != number[b])
                assert (a, b) not in different
    assert max(label.count(x) for x in label) <= 5
    for (a, b, _), word in zip(found, decision, strict=True):
        assert word != "link" or label[a] == label[b]
    shuffled = outcome(g, links(*[found[i] for i in order]), cap=5)
    assert shuffled[0] == label
    assert [shuffled[1][order.index(i)] for i in range(len(found))] == decision
