"""What readiness.toml and outcomes.toml may say."""

from __future__ import annotations

from tangga.rules.setting_kinds import Kind, codes, listed, one_of, percent, whole

READINESS: dict[str, Kind] = {
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
}

OUTCOMES: dict[str, Kind] = {"measure": listed({"unit": one_of("percent", "people", "rupiah")})}
