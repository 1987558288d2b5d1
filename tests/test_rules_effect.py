"""When an adverse move takes effect, what a stop needs, and what a restored family is owed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.rules.answer import NO, NOT_KNOWN, YES
from tangga.rules.days import month_of
from tangga.rules.effect import Effect, Objection, State, Stop, arrears, may_end, takes_effect

NOTICE = date(2027, 6, 1)
LAST = date(2027, 6, 15)  # 14 days after the notice


def effect(on: date, *objections: Objection) -> Effect:
    return takes_effect(on, NOTICE, 14, objections)


@pytest.mark.parametrize(
    ("on", "objections", "state", "takes"),
    [
        (date(2027, 5, 31), [], State.NOT_NOTIFIED, None),
        (NOTICE, [], State.NOTIFIED, LAST),
        (date(2027, 6, 14), [], State.NOTIFIED, LAST),
        (LAST, [], State.IN_EFFECT, LAST),
        # lodged in time, not answered: suspended, however long it takes
        (LAST, [Objection(date(2027, 6, 14))], State.SUSPENDED, None),
        (date(2029, 1, 1), [Objection(date(2027, 6, 14))], State.SUSPENDED, None),
        # lodged on the day of the effect or later: too late to suspend
        (LAST, [Objection(LAST)], State.IN_EFFECT, LAST),
        # not yet lodged on the day that is asked about
        (date(2027, 6, 5), [Objection(date(2027, 6, 10))], State.NOTIFIED, LAST),
        # answered, and the family was wrong: not before the answer
        (
            date(2027, 8, 1),
            [Objection(date(2027, 6, 3), date(2027, 7, 1))],
            State.IN_EFFECT,
            date(2027, 7, 1),
        ),
        # answered within the notice period: the period stands
        (date(2027, 6, 10), [Objection(NOTICE, date(2027, 6, 5))], State.NOTIFIED, LAST),
        # a second one while the first suspends
        (
            date(2027, 7, 2),
            [Objection(date(2027, 6, 30)), Objection(date(2027, 6, 3), date(2027, 7, 1))],
            State.SUSPENDED,
            None,
        ),
        (
            date(2027, 8, 1),
            [Objection(date(2027, 6, 3), date(2027, 7, 1), upheld=True)],
            State.UPHELD,
            None,
        ),
        # the answer is not known yet on the day that is asked about
        (
            date(2027, 6, 20),
            [Objection(date(2027, 6, 3), date(2027, 7, 1), upheld=True)],
            State.SUSPENDED,
            None,
        ),
    ],
)
def test_effect(on: date, objections: list[Objection], state: State, takes: date | None) -> None:
    assert effect(on, *objections) == Effect(state, takes)


def test_without_notice_there_is_no_effect() -> None:
    assert takes_effect(date(2040, 1, 1), None, 14) == Effect(State.NOT_NOTIFIED, None)


@given(
    st.integers(0, 400),
    st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 90), st.booleans())),
    st.integers(1, 60),
)
def test_never_before_the_notice_period(
    days: int, lodged: list[tuple[int, int | None, bool]], period: int
) -> None:
    on = NOTICE + timedelta(days)
    objections = [
        Objection(
            NOTICE + timedelta(a),
            None if b is None else NOTICE + timedelta(a + b),
            upheld and b is not None,
        )
        for a, b, upheld in lodged
    ]
    found = takes_effect(on, NOTICE, period, objections)
    if found.state is State.IN_EFFECT:
        assert found.on is not None
        assert NOTICE + timedelta(period) <= found.on <= on
    if any(o.answered_on is None and o.lodged_on <= NOTICE for o in objections):
        assert found.state in (State.SUSPENDED, State.UPHELD)


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [
        ({"answered_on": date(2027, 6, 1)}, "after it is lodged"),
        ({"upheld": True}, "has been answered"),
    ],
)
def test_objections_that_cannot_be(kwargs: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Objection(date(2027, 6, 2), **kwargs)  # type: ignore[arg-type]


def test_stopping_needs_proof() -> None:
    assert may_end(YES)
    assert not may_end(NO)
    assert not may_end(NOT_KNOWN)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"checked_by": " "}, "who checked"),
        ({"decided_by": ""}, "who checked"),
        ({"decided_by": "ibu Ani "}, "second person"),
        ({"reason": " "}, "reason"),
        ({"proof": NO}, "needs proof"),
        ({"proof": NOT_KNOWN}, "needs proof"),
    ],
)
def test_a_stop_that_may_not_be(given_: dict[str, object], said: str) -> None:
    stop = {
        "checked_by": "Ibu Ani",
        "decided_by": "Pak Budi",
        "decided_on": LAST,
        "reason": "died",
        "proof": YES,
    }
    assert Stop(**stop).reason == "died"  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=said):
        Stop(**(stop | given_))  # type: ignore[arg-type]


def test_arrears_are_the_months_that_were_not_paid() -> None:
    months = [month_of(date(2027, n, 1)) for n in range(1, 13)]
    stopped, restored = date(2027, 3, 10), date(2027, 9, 2)
    assert arrears(stopped, restored, []) == months[2:8]
    assert arrears(stopped, restored, [months[2], months[4]]) == [months[3], *months[5:8]]
    assert arrears(stopped, restored, [], before=months[5]) == months[2:5]
    assert arrears(stopped, restored, [], before=months[11]) == months[2:8]
    assert arrears(restored, restored, []) == []
