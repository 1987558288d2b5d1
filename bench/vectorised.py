"""OpenFisca-core with its country template on a million people: the vectorised bar.

    PYTHON bench/vectorised.py PEOPLE FILE.json

Run by an interpreter that has the packages of bench/openfisca.lock. Every variable of the template
that has a formula is computed for one month (or its year) for everybody; building the simulation
from arrays is measured apart, as we measure reading of Parquet within ours.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.simulations import Simulation
from openfisca_country_template import CountryTaxBenefitSystem

MONTH = "2024-01"
PERIODS = {"month": MONTH, "year": "2024", "eternity": "ETERNITY", "day": "2024-01-01"}
PER_FAMILY = 3.3
SEED = 1


def build(system: Any, people: int) -> Simulation:
    """People in households, each with a birth date and a salary."""
    rng = np.random.default_rng(SEED)
    homes = int(people / PER_FAMILY)
    member_of = np.sort(np.concatenate([np.arange(homes), rng.integers(0, homes, people - homes)]))
    first = np.concatenate([[True], member_of[1:] != member_of[:-1]])
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("person", np.arange(people).astype(str))
    household = builder.declare_entity("household", np.arange(homes).astype(str))
    builder.join_with_persons(household, member_of.astype(str), np.where(first, "adult", "child"))
    simulation = builder.build(system)
    born = np.datetime64("1940-01-01") + rng.integers(0, 30_000, people)
    simulation.set_input("birth", "ETERNITY", born.astype("datetime64[D]"))
    simulation.set_input("salary", MONTH, rng.integers(0, 6_000, people).astype(np.float32))
    return simulation


def calculate(simulation: Simulation, system: Any) -> list[str]:
    """Compute every variable that has a formula; returns their names."""
    wanted = [name for name, found in sorted(system.variables.items()) if found.formulas]
    for name in wanted:
        unit = str(system.variables[name].definition_period).rsplit(".", 1)[-1].lower()
        simulation.calculate(name, PERIODS[unit])
    return wanted


def main() -> None:
    """Measure and write."""
    people, out = int(sys.argv[1]), Path(sys.argv[2])
    system = CountryTaxBenefitSystem()
    began = time.process_time()
    simulation = build(system, people)
    built = time.process_time()
    names = calculate(simulation, system)
    ended = time.process_time()
    found = {
        "people": people,
        "formulas": len(names),
        "build_cpu_seconds": round(built - began, 3),
        "calculate_cpu_seconds": round(ended - built, 3),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
