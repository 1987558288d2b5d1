"""What the files of planning may say: pilar.toml, budget.toml, readiness.toml, outcomes.toml,
forecast.toml, simulation.toml, publish.toml, interventions.toml.

Each is a file of plain settings with dated versions (`settings_files.py`); a pack, or a day, may do
without any of them: then nothing is planned by it, and that is said.
"""

from __future__ import annotations

from tangga.rules.setting_kinds import (
    Kind,
    codes,
    condition,
    listed,
    one_of,
    percent,
    whole,
)
from tangga.rules.settings_budget import BUDGET
from tangga.rules.settings_pilar import PILAR

PLANNING: dict[str, dict[str, Kind]] = {
    "pilar": PILAR,
    "budget": BUDGET,
    "readiness": {
        "matched": percent(),
        "fresh": percent(),
        "fresh_months": whole(low=1),
        "ranked": percent(None),
        "recipients": percent(None),
        "elsewhere": codes("place_kind", ()),
        "hands": codes("pilar"),
        "hours_month": whole(low=1),
        "visit_minutes": whole(low=1),
        "visits_year": whole(),
        "begin_minutes_month": whole(low=1),
    },
    "outcomes": {"measure": listed({"unit": one_of("percent", "people", "rupiah")})},
    "forecast": {},
    "simulation": {
        "group": listed({"member": condition("person", None), "family": condition("family", None)}),
    },
    "publish": {},
    "interventions": {},
}
"""Name of the settings -> what one version of them may say; the names are `PLANNED`."""
