"""What the files of planning may say: pilar.toml, budget.toml, readiness.toml, outcomes.toml,
forecast.toml, simulation.toml, publish.toml, interventions.toml.

Each is a file of plain settings with dated versions (`settings_files.py`); a pack, or a day, may do
without any of them: then nothing is planned by it, and that is said.
"""

from __future__ import annotations

from tangga.rules.setting_kinds import (
    Kind,
    condition,
    listed,
)
from tangga.rules.settings_budget import BUDGET
from tangga.rules.settings_forecast import FORECAST
from tangga.rules.settings_interventions import INTERVENTIONS
from tangga.rules.settings_pilar import PILAR
from tangga.rules.settings_publish import PUBLISH
from tangga.rules.settings_readiness import OUTCOMES, READINESS

PLANNING: dict[str, dict[str, Kind]] = {
    "pilar": PILAR,
    "budget": BUDGET,
    "readiness": READINESS,
    "outcomes": OUTCOMES,
    "forecast": FORECAST,
    "simulation": {
        "group": listed({"member": condition("person", None), "family": condition("family", None)}),
    },
    "publish": PUBLISH,
    "interventions": INTERVENTIONS,
}
"""Name of the settings -> what one version of them may say; the names are `PLANNED`."""
