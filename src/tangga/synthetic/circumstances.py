"""Schooling, work, health and marriage of each person, as the official release asks them.

Drawn once for all people, so that every record of a person tells the same; a record leaves some
answers out, as forms do.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.draw import NEVER, Ints, Mask, chance, weighted
from tangga.synthetic.families import HEAD, SPOUSE, TODAY, People, head_of, spouse_of
from tangga.synthetic.records import Population

LEFT_OUT = 0.03
"""Share of answers that a record leaves out."""

# Numbers are those of the form; the descriptor says what each means.
NEVER_AT_SCHOOL, ATTENDING, LEFT = 1, 2, 3
PRIMARY, LOWER, UPPER, BACHELOR = 3, 8, 13, 19
SINGLE, MARRIED, DIVORCED, WIDOWED = 1, 2, 3, 4
NO_DIFFICULTY = 4
ITEMS = ("sulit_lihat", "sulit_dengar", "sulit_jalan", "sulit_tangan", "sulit_belajar",
         "sulit_perilaku", "sulit_bicara", "sulit_urus_diri", "sulit_ingat")  # fmt: skip
ILLNESSES = (1, 2, 6, 8)
ILLNESS_SHARES = [90, 6, 3, 1]


def circumstances(population: Population, person: Ints) -> dict[str, pa.Array]:
    """The columns of these questions for the people of a source's records."""
    rng = population.dice.stream("circumstances left out")
    block = _skipped(rng, person)  # the page of difficulties is answered whole, or not at all
    return {
        name: cells.digits(
            answer[person],
            empty=(answer < 0)[person] | (block if name in ITEMS else _skipped(rng, person)),
        )
        for name, answer in answers(population).items()
    }


def _skipped(rng: np.random.Generator, person: Ints) -> Mask:
    return chance(rng, LEFT_OUT, len(person))


def answers(population: Population) -> dict[str, Ints]:
    """Question -> the answer of each person, -1 where it does not apply to them."""
    rng = population.dice.stream("circumstances")
    people = population.people
    age = ages(people)
    status, level = schooling(rng, age)
    attends = status == ATTENDING
    married = _marriage(rng, population, age)
    woman = (people.sex == 1) & (married == MARRIED) & (age >= 17) & (age <= 44)
    n = len(people)
    works = chance(rng, np.where(people.sex == 0, 0.88, 0.48), n) & ~attends & (age >= 17)
    works &= chance(rng, np.where(age > 64, 0.4, 1.0), n)
    rich = population.families.welfare[people.family] > 0.6
    state = works & rich & chance(rng, 0.07, n)
    delivered = _last_delivery(population)
    return {
        "partisipasi": np.where(age < 5, -1, status),
        "jenjang": np.where((age < 5) | (status == NEVER_AT_SCHOOL), -1, level),
        "dapodik": np.where(attends, chance(rng, 0.96, n).astype(int), -1),
        "status_kawin": np.where(age < 10, -1, married),
        "bekerja": np.where(age < 10, -1, works.astype(int)),
        "aparatur": np.where(age < 17, -1, state.astype(int)),
        "hamil": np.where(woman, chance(rng, 0.06, n) & (delivered < TODAY - 300), -1),
        **_difficulties(rng, age),
        "penyakit": np.where(age < 30, 1, np.array(ILLNESSES)[weighted(rng, ILLNESS_SHARES, n)]),
        "kehamilan_ke": np.where(woman, 1 + np.minimum(_children(population), 6), -1),
        "usaha": np.where(age < 17, -1, (works & chance(rng, 0.3, n)).astype(int)),
        "yatim": np.where(age < 18, _orphanhood(people), -1),
        "merawat": _cares(rng, population, age),
    }


def ages(people: People) -> Ints:
    """Whole years of each person on the register's date, near enough for drawing."""
    return (TODAY - people.birth.astype(np.int64)) * 4 // 1461


def schooling(rng: np.random.Generator, age: Ints) -> tuple[Ints, Ints]:
    """Status and level of each person by age."""
    n = len(age)
    bounds = [age < 7, age < 13, age < 16, age < 19, age < 24]
    attends = chance(rng, np.select(bounds, [0.1, 0.985, 0.95, 0.8, 0.14], 0.0), n)
    level = np.select(bounds, [PRIMARY, PRIMARY, LOWER, UPPER, BACHELOR], 0)
    reached = np.array([PRIMARY, LOWER, UPPER, BACHELOR])[weighted(rng, [38, 24, 30, 8], n)]
    reached = np.select([age < 13, age < 16, age < 19], [PRIMARY, PRIMARY, LOWER], reached)
    never = chance(rng, np.select([age < 7, age > 65], [1.0, 0.2], 0.015), n)
    status = np.select([attends, never], [ATTENDING, NEVER_AT_SCHOOL], LEFT)
    return status, np.where(attends, level, reached)


def _marriage(rng: np.random.Generator, population: Population, age: Ints) -> Ints:
    people, count = population.people, len(population.families)
    head, spouse = head_of(people, count), spouse_of(people, count)
    lives = (spouse >= 0) & (people.death[head] == NEVER)
    lives &= people.death[np.maximum(spouse, 0)] == NEVER
    couple = np.isin(people.role, (HEAD, SPOUSE)) & lives[people.family]
    alone = np.isin(people.role, (HEAD, SPOUSE)) & ~couple & (age > 24)
    lost = np.where(chance(rng, 0.3, len(age)), DIVORCED, WIDOWED)
    others = np.where((age > 60) & chance(rng, 0.8, len(age)), WIDOWED, SINGLE)
    return np.select([couple, alone], [MARRIED, lost], others)


def _last_delivery(population: Population) -> Ints:
    """The day on which each person last gave birth, -NEVER where we know of none."""
    people = population.people
    found = np.full(len(people), -NEVER, dtype=np.int64)
    children = np.flatnonzero(people.mother >= 0)
    np.maximum.at(found, people.mother[children], people.birth[children])
    return found


def _children(population: Population) -> Ints:
    """How many of those among us each person is the mother of."""
    people = population.people
    mothers = people.mother[people.mother >= 0]
    return np.bincount(mothers, minlength=len(people))


def _orphanhood(people: People) -> Ints:
    """0 both parents live, 1 the father died, 2 the mother, 3 both; parents elsewhere live."""
    lost = [
        (parent >= 0) & (people.death[np.maximum(parent, 0)] < TODAY)
        for parent in (people.father, people.mother)
    ]
    return lost[0] + 2 * lost[1]


def _cares(rng: np.random.Generator, population: Population, age: Ints) -> Ints:
    """1 for the mother of a child under two, 2 for one who looks after an elder; else 0."""
    people = population.people
    baby = np.zeros(len(people), dtype=bool)
    baby[people.mother[(people.mother >= 0) & (age < 2)]] = True
    elder = np.zeros(len(population.families), dtype=bool)
    elder[people.family[age > 79]] = True
    looks_after = elder[people.family] & (people.sex == 1) & (age > 25) & (age < 70)
    return np.select([baby, looks_after & chance(rng, 0.5, len(age))], [1, 2], 0)


def _difficulties(rng: np.random.Generator, age: Ints) -> dict[str, Ints]:
    """Grades 1 (cannot) to 4 (none) of each functional difficulty; more of them with age."""
    severe = np.select([age > 75, age > 59], [0.02, 0.007], 0.0014)
    some = np.select([age > 75, age > 45], [0.12, 0.05], 0.004)
    found = {}
    for item in ITEMS:
        drawn = rng.random(len(age))
        grades = [drawn < severe / 3, drawn < severe, drawn < severe + some]
        found[item] = np.where(age < 2, -1, np.select(grades, [1, 2, 3], NO_DIFFICULTY))
    worst = np.min([np.where(grade < 0, NO_DIFFICULTY, grade) for grade in found.values()], axis=0)
    return found | {"derajat": np.where(worst < 3, np.where(worst == 1, 3, 2), -1)}
