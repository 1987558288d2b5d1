"""The worker's part of simulations."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from tangga.web.plans.simulate import work


@app.task(name="plans.simulate", queue="intake", lock="simulation")
def simulate(simulation: str) -> None:
    """One simulation, one at a time."""
    try:
        work(simulation)
    finally:
        connection.close()
