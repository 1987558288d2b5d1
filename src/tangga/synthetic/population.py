"""Put together the invented population that all sources are drawn from."""

from __future__ import annotations

import numpy as np

from tangga.synthetic.dates import wrong_dates
from tangga.synthetic.draw import Dice, Ints, chance
from tangga.synthetic.families import People, make_families
from tangga.synthetic.history import add_history
from tangga.synthetic.lexicon import Lexicon
from tangga.synthetic.living import set_consumption
from tangga.synthetic.looks import LOOKS
from tangga.synthetic.naming import make_names
from tangga.synthetic.numbers import make_numbers
from tangga.synthetic.places import choose_places, pack_areas
from tangga.synthetic.records import Population, covered
from tangga.synthetic.stories import plant


def make_population(seed: int, people: int, areas: tuple[str, ...]) -> Population:
    """Villages, families, people, names and numbers; the same for the same arguments."""
    dice = Dice(seed)
    places = choose_places(dice, people, areas, pack_areas())
    families, persons = make_families(dice, places)
    add_history(dice, places, families, persons)
    plant(dice, places, families)
    lexicon = Lexicon()
    lexicon.fill()
    names = make_names(dice, lexicon, places, families, persons)
    numbers = make_numbers(dice, places, families, persons)
    population = Population(
        dice=dice,
        lexicon=lexicon,
        places=places,
        families=families,
        people=persons,
        names=names,
        numbers=numbers,
        field_birth=_field_birth(dice, persons),
    )
    families.head_kk[~_seen_in_the_field(population)] = 0
    set_consumption(population)
    return population


def true_families(population: Population) -> Ints:
    """For each family, the one that it is part of at the register's date.

    It is the family of the card in force, except that (a) of two families on one card both
    stand, where Regsosek saw two; elsewhere they are one; (b) a family on two cards is one.
    Children who married and left belong to their new family; the dead to their last.
    """
    families = population.families
    merged = (families.host >= 0) & ~_seen_in_the_field(population)
    return np.where(merged, families.host, np.arange(len(families)))


def _seen_in_the_field(population: Population) -> np.ndarray:
    look = LOOKS["regsosek"]
    return covered(population, look) & (population.families.formed < look.as_of - 60)


def _field_birth(dice: Dice, people: People) -> Ints:
    """At the door some always give another date than the official one."""
    rng = dice.stream("field birth")
    told = wrong_dates(rng, people.birth, (4, 2, 4, 3))
    return np.where(chance(rng, 0.03, len(people)), told, people.birth)
