"""What the files of planning may say: pilar.toml, budget.toml, readiness.toml, outcomes.toml,
forecast.toml, publish.toml, interventions.toml.

Each is a file of plain settings with dated versions (`settings_files.py`); a pack, or a day, may do
without any of them: then nothing is planned by it, and that is said.
"""

from __future__ import annotations

from tangga.rules.setting_kinds import Kind

PLANNING: dict[str, dict[str, Kind]] = {
    "pilar": {},
    "budget": {},
    "readiness": {},
    "outcomes": {},
    "forecast": {},
    "publish": {},
    "interventions": {},
}
"""Name of the settings -> what one version of them may say; the names are `PLANNED`."""
