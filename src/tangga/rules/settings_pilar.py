"""What pilar.toml may say: the pilar, what each is measured by, how targets are spread."""

from __future__ import annotations

from tangga.rules.setting_kinds import (
    Kind,
    code,
    codes,
    condition,
    flag,
    listed,
    one_of,
    percent,
    text,
    whole,
    words,
)

COUNTED = ("graduations", "visits", "outside", "events", "contribution")
"""Kinds of measures that are a number: a target for them is spread over those below."""
SHARED = (
    *("lasting", "visits_kept", "visits_on_schedule", "recorded_within", "followed_up"),
    *("reports", "received", "assessed", "cases_ended", "cases_moved", "revisits"),
)
"""Kinds of measures that are a share, in percent: the same for all below."""
SPREADS = ("caseload", "eligible", "equal")
"""By what a number is spread: families in care, graduable families, or one and all alike."""

PILAR: dict[str, Kind] = {
    "pilar": listed(
        {
            "code": code("pilar"),
            "works_by": words(),
            "records": words(),
            "families": flag(False),
            "covers": code("area_level", ""),
        }
    ),
    "measure": listed(
        {
            "pilar": codes("pilar"),
            "kind": one_of(*COUNTED, *SHARED),
            "unit": words(),
            "discipline": flag(False),
            "small_cells": flag(False),
            "spread": one_of(*SPREADS, default=""),
            "days": whole(default=0),
            "purposes": codes("visit_purpose", ()),
            "events": codes("event", ()),
            "shocks": codes("shock", ()),
            "programmes": codes("programme", ()),
            "assessments": codes("assessment_kind", ()),
            "states": codes("case_state", ()),
            "rung": code("rung", ""),
            "of": one_of("family", "person", default="family"),
        }
    ),
    "graduable": condition("family"),
    "in_care": condition("family"),
    "spread": one_of(*SPREADS),
    "load_limit": whole(low=1),
    "contribution_months": whole(low=1),
    "on_course_percent": percent(),
    "schedule_days": whole(),
    "report_day": whole(low=1),
    "smallest_cell": whole(),
    "shown_from": code("area_level"),
    "revisit_percent": percent(),
    "revisit_level": code("area_level"),
    "revisit_days": whole(low=1),
    "revisit_seed": text(),
    "revisit_purposes": codes("visit_purpose"),
    "revisit_pilar": codes("pilar"),
    "made": codes("visit_result"),
    "complete": codes("visit_result"),
    "not_companion": codes("visit_purpose"),
    "planned_column": text(""),
    "purpose_column": text(""),
    "recorded_column": text(""),
    "from_column": text(""),
    "to_column": text(""),
}
