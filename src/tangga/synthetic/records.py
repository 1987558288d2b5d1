"""What a source holds of each person: its date, its view of the family, its mistakes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from tangga.synthetic.dates import wrong_dates
from tangga.synthetic.draw import NEVER, Dice, Ints, Mask, chance
from tangga.synthetic.families import (
    CHILD,
    CHILD_IN_LAW,
    GRANDCHILD,
    HEAD,
    TODAY,
    Families,
    People,
)
from tangga.synthetic.flags import Flags
from tangga.synthetic.lexicon import Lexicon
from tangga.synthetic.naming import Names
from tangga.synthetic.numbers import Numbers, mistyped, of_head, placeholder
from tangga.synthetic.places import Places
from tangga.synthetic.spelling import Habits, plain_names, write_names

NO_NUMBER = -1


@dataclass(frozen=True)
class Population:
    """Everything that is true; the sources are drawn from it."""

    dice: Dice
    lexicon: Lexicon
    places: Places
    families: Families
    people: People
    names: Names
    numbers: Numbers
    field_birth: Ints  # the date that people say at the door, not always the official one


@dataclass(frozen=True)
class Look:
    """How one source looks at people. Numbers are shares of its records unless said.

    as_of: day; lag: mean years by which a record is older than that. poorest, richest: share of
    families covered at either end of welfare. by_card: whether its families are cards.
    """

    name: str
    as_of: int
    poorest: float
    richest: float
    lag: float = 0.6
    lost: float = 0.03
    repeats: float = 0.02
    by_card: bool = True
    at_the_door: float = 0.0
    no_nik: float = 0.034
    mistyped: float = 0.021
    borrowed: float = 0.0036
    placeholder: float = 0.004
    second: float = 0.35
    no_kk: float = 0.02
    wrong_birth: float = 0.02
    year_only: float = 0.0
    no_birth: float = 0.003
    wrong_sex: float = 0.004
    dead_kept: float = 0.3
    strange_area: float = 0.0
    habits: Habits = field(default_factory=Habits)


@dataclass
class Records:
    """The records of one source, as columns.

    person: position among people. nik: NO_NUMBER for none, 0 for zeros. family: as the source
    groups people. relation: to the head of it. card: the card number, 0 none.
    """

    person: Ints
    family: Ints
    relation: Ints
    village: Ints
    card: Ints
    nik: Ints
    birth: Ints
    sex: Ints
    name: pa.Array
    mother: pa.Array
    flags: Flags

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class View:
    """Where people stood on one day each."""

    family: Ints  # on the field
    card_family: Ints
    relation: Ints
    card_relation: Ints
    village: Ints
    card: Ints


def covered(population: Population, look: Look) -> Mask:
    """The families that a source has visited at all."""
    rng = population.dice.stream(f"covered {look.name}")
    families = population.families
    share = look.poorest + (look.richest - look.poorest) * families.welfare
    return chance(rng, share, len(families))


def people_of(population: Population, look: Look) -> Ints:
    """The people whom a source knows, without making its records."""
    return _who(_stream(population, look), population, look)[0]


def _stream(population: Population, look: Look) -> np.random.Generator:
    return population.dice.stream(f"records {look.name}")


def draw_records(population: Population, look: Look) -> Records:
    """The records of a source, in order of person, repeats last."""
    rng = _stream(population, look)
    rows, when = _who(rng, population, look)
    repeats = np.flatnonzero(chance(rng, look.repeats, len(rows)))
    # A repeat is often an older state: the same person again in the village that was left.
    older = when[repeats] - np.where(chance(rng, 0.4, len(repeats)), 700, 0)
    people = population.people
    rows, when = np.append(rows, rows[repeats]), np.append(when, older)
    flags = Flags(len(rows))
    flags.mark("repeat", np.arange(len(rows) - len(repeats), len(rows)))
    view = seen(population, rows, when)
    _mark_history(population, rows, view, flags)
    nik = _niks(rng, population, look, rows, when, flags)
    birth = _births(rng, population, look, rows, flags)
    wrong_sex = chance(rng, look.wrong_sex, len(rows))
    flags.mark("wrong_sex", wrong_sex)
    no_card = chance(rng, look.no_kk, len(rows))
    no_card |= flags.has("non_desa") & flags.has("no_papers")
    flags.mark("no_kk", no_card)
    habits = look.habits
    return Records(
        person=rows,
        family=view.card_family if look.by_card else view.family,
        relation=view.card_relation if look.by_card else view.relation,
        village=view.village,
        card=np.where(no_card, 0, view.card),
        nik=nik,
        birth=birth,
        sex=people.sex[rows] ^ wrong_sex,
        name=write_names(rng, population.lexicon, population.names, people, rows, habits, flags),
        mother=plain_names(rng, population.lexicon, population.names.mother[rows], 0.06),
        flags=flags,
    )


def _who(rng: np.random.Generator, population: Population, look: Look) -> tuple[Ints, Ints]:
    """The people of a source and the day on which it saw each."""
    people, families = population.people, population.families
    n = len(people)
    when = look.as_of - (rng.exponential(look.lag * 365, len(families))).astype(np.int64)
    when = when[people.family]
    there = covered(population, look)[people.family] & ~chance(rng, look.lost, n)
    there &= people.birth < when
    there &= (people.death > when) | chance(rng, look.dead_kept, n)
    # Before they married, people from outside the area were not here.
    formed = families.formed[people.family]
    there &= (formed <= when) | (people.old_family >= 0)
    rows = np.flatnonzero(there)
    return rows, when[rows]


def seen(population: Population, rows: Ints, when: Ints) -> View:
    """Family, relation, village and card of people on a day."""
    people, families = population.people, population.families
    former = (families.formed[people.family[rows]] > when) & (people.old_family[rows] >= 0)
    family = np.where(former, people.old_family[rows], people.family[rows])
    relation = np.where(former, CHILD, people.role[rows])
    host = families.host[family]
    guest = host >= 0
    card_family = np.where(guest, host, family)
    table = np.array([CHILD, CHILD_IN_LAW, GRANDCHILD, *[5] * 4])
    own_card = (relation == HEAD) & (families.head_kk[family] > 0)
    card = np.where(
        families.kk_changed[card_family] > when,
        families.old_kk[card_family],
        families.kk[card_family],
    )
    return View(
        family=family,
        # The family of one on a card of his own is told apart by a number past all others.
        card_family=np.where(own_card, len(families) + family, card_family),
        relation=relation,
        card_relation=np.where(guest, table[relation], relation),
        village=np.where(
            families.moved[family] > when, families.old_village[family], families.village[family]
        ),
        card=np.where(own_card, families.head_kk[family], card),
    )


def _mark_history(population: Population, rows: Ints, view: View, flags: Flags) -> None:
    people, families = population.people, population.families
    now = seen(population, rows, np.full(len(rows), TODAY))
    flags.mark("twin", people.twin[rows])
    flags.mark("split", view.family != now.family)
    flags.mark("moved", (view.village != now.village) & (view.family == now.family))
    flags.mark("old_kk", view.card != now.card)
    guests = np.zeros(len(families), dtype=bool)
    guests[families.host[families.host >= 0]] = True
    flags.mark("shared_kk", guests[view.family] | (families.host[view.family] >= 0))
    flags.mark("two_kk", families.head_kk[view.family] > 0)
    flags.mark("dead", people.death[rows] < NEVER)
    flags.mark("non_desa", families.non_desa[view.family])
    flags.mark("no_papers", population.numbers.nik[rows] == 0)


def _niks(
    rng: np.random.Generator,
    population: Population,
    look: Look,
    rows: Ints,
    when: Ints,
    flags: Flags,
) -> Ints:
    """The NIK written in each record: the true one, the second, a wrong one, or none."""
    people, numbers, n = population.people, population.numbers, len(rows)
    true, second = numbers.nik[rows], numbers.second[rows]
    use_second = (second > 0) & chance(rng, look.second, n)
    nik = np.where(use_second, second, true)
    none = nik == 0
    baby = when - people.birth[rows] < 400
    missing = none | chance(rng, np.where(baby, 0.5, look.no_nik), n)
    wrong = ~missing & chance(rng, look.mistyped, n)
    heads = of_head(people, numbers.nik, len(population.families))[rows]
    rate = np.select([none, missing, baby], [0.06, 0.03, 0.02], look.borrowed)
    borrowed = (heads > 0) & chance(rng, rate, n)
    empty = missing | chance(rng, look.placeholder, n)
    filled = empty & ~borrowed & chance(rng, np.where(missing, 0.05, 1.0), n)
    nik = np.where(wrong, mistyped(rng, nik), nik)
    nik = np.where(missing, NO_NUMBER, nik)
    nik = np.where(borrowed, heads, nik)
    codes = np.array(population.places.codes, dtype=np.int64)
    village = codes[population.families.village[people.family[rows]]]
    nik = np.where(filled, placeholder(rng, nik, village), nik)
    flags.mark("no_nik", nik == NO_NUMBER)
    flags.mark("borrowed_nik", borrowed)
    flags.mark("placeholder_nik", filled)
    written = ~missing & ~borrowed & ~filled
    flags.mark("mistyped_nik", wrong & written)
    flags.mark("second_nik", use_second & written)
    flags.mark("nik_date_differs", written & (numbers.nik_birth[rows] != people.birth[rows]))
    return nik


def _births(
    rng: np.random.Generator, population: Population, look: Look, rows: Ints, flags: Flags
) -> Ints:
    """The date of birth written in each record; year_only and no_birth_date are flags only."""
    n = len(rows)
    official = population.people.birth[rows]
    told = chance(rng, look.at_the_door, n)
    birth = np.where(told, population.field_birth[rows], official)
    wrong = chance(rng, look.wrong_birth, n)
    birth = np.where(wrong, wrong_dates(rng, birth, (4, 3, 4, 4)), birth)
    flags.mark("wrong_birth_date", birth != official)
    none = chance(rng, look.no_birth, n)
    flags.mark("no_birth_date", none)
    flags.mark("year_only", ~none & chance(rng, look.year_only, n))
    return birth
