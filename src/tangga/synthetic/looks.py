"""How each source of people looks at them: when, how well, how many."""

from __future__ import annotations

from tangga.synthetic.dates import day
from tangga.synthetic.records import Look
from tangga.synthetic.spelling import Habits

OFFICE = Habits(
    former=0.02,
    spelling=0.004,
    abbreviation=0.01,
    lost_word=0.002,
    initial=0.001,
    swapped=0.0,
    nickname=0.0,
    title=0.3,
    patronymic=0.0,
    typo=0.003,
)
"""Names as an office copies them from papers."""

LOOKS = {
    "dtks": Look(
        name="dtks",
        as_of=day(2024, 6, 30),
        poorest=0.98,
        richest=0.16,
        lag=1.2,
        dead_kept=0.5,
        no_nik=0.024,
        borrowed=0.003,
        habits=Habits(abbreviation=0.12, title=0.3),
    ),
    "regsosek": Look(
        name="regsosek",
        as_of=day(2022, 11, 30),
        poorest=0.95,
        richest=0.86,
        lag=0.04,
        by_card=False,
        at_the_door=0.6,
        no_nik=0.054,
        no_kk=0.06,
        wrong_birth=0.022,
        year_only=0.014,
        strange_area=0.002,
        habits=Habits(abbreviation=0.26, nickname=0.014, typo=0.026, patronymic=0.012),
    ),
    "p3ke": Look(
        name="p3ke",
        as_of=day(2023, 7, 31),
        poorest=0.97,
        richest=0.5,
        lag=0.9,
        at_the_door=0.3,
        no_nik=0.045,
        no_kk=0.15,
        habits=Habits(width=25, title_case=True, title=0.2),
    ),
    "dtsen": Look(
        name="dtsen",
        as_of=day(2026, 1, 23),
        poorest=0.985,
        richest=0.955,
        lag=0.3,
        lost=0.012,
        repeats=0.002,
        no_nik=0.004,
        mistyped=0.001,
        borrowed=0.0004,
        placeholder=0.0,
        second=0.04,
        no_kk=0.002,
        wrong_birth=0.004,
        no_birth=0.001,
        wrong_sex=0.001,
        dead_kept=0.15,
        habits=OFFICE,
    ),
}
