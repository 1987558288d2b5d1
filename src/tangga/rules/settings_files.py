"""Reads files of plain settings: clock.toml (with its cap), classes.toml (with those by
consumption), notice.toml, and those of planning.

Which keys a file may have, and what each must be, is declared in `SETTINGS_KEYS`; a version of a
file says every key that has no default.
"""

from __future__ import annotations

from tangga.rules.policy import Rule, Settings
from tangga.rules.section import Section
from tangga.rules.setting_kinds import (
    Kind,
    bands,
    code,
    codes,
    condition,
    day,
    listed,
    number,
    one_of,
    read_values,
    text,
    whole,
    wholes,
    words,
    written,
)
from tangga.rules.settings_planning import PLANNING
from tangga.rules.versions import join, read_versions

SETTINGS_KEYS: dict[str, dict[str, Kind]] = {
    "clock": {
        "starts_on": day(),
        "programmes": codes("programme"),
        "enrolment_counts": codes("enrolment_status"),
        "enrolment_open": codes("enrolment_status"),
        "payment_counts": codes("payment_status"),
        "payment_fails": codes("payment_status"),
        "receiving_months": whole(low=1),
        "age_from": whole(),
        "age_to": whole(low=1),
        "at_school": condition("person"),
        "family_reading": one_of("head_or_spouse"),
        "rehabilitation": codes("case_kind"),
        "suspension": codes("case_kind"),
        "case_over": codes("case_state"),
        "disasters": codes("shock"),
        "disaster_months": whole(low=1),
        "shock_months": whole(low=1),
        "shock_ends": codes("event"),
        "shock_unnamed": code("shock"),
        "extension_months": whole(low=1),
        "complete_visit": codes("visit_result"),
        "unsaid": codes("yes_no_unknown"),
        "buffer": number(),
        "disability_assessment": codes("assessment_kind"),
        "review_assessment": codes("assessment_kind"),
        "groups": codes("group_kind"),
        "group_over": codes("group_state"),
        "claimed": condition("person"),
        "cohorts": whole(low=1),
        "cohort_months": whole(low=1),
        "payee_number_column": text(""),
        "income_column": text(""),
        "reviewed_column": text(""),
        "finding_column": text(""),
        "joined_column": text(""),
        "left_column": text(""),
        "line_fact": text(""),
    },
    "cap": {"months": whole(low=1), "planning_from": whole(low=1)},
    "classes": {"class": listed({"deciles": wholes(low=1)})},
    "consumption": {"class": bands()},
    "notice": {
        "days": whole(low=1),
        "object_days": whole(low=1),
        "visit_days": whole(low=1),
        "case_days": whole(low=1),
        "provisional_days": whole(low=1),
        "stands_months": whole(low=1),
        "office": words(),
        "object_to": words(),
        "object_how": words(),
        "object_where": words(),
        "objection": codes("event", ()),
        "objection_answered": codes("event", ()),
        "upheld_column": text(""),
    },
    "payee": {"violence_column": text(""), "against_payee_column": text("")},
    "exits": {
        "counts": codes("exit"),
        "natural": codes("removal_reason", ()),
        "not_eligible": codes("removal_reason"),
        "all_died": codes("removal_reason"),
        "moved": codes("removal_reason"),
        "resigned": codes("removal_reason"),
        "sanctioned": codes("removal_reason"),
        "restorable": codes("exit", ()),
        "restored": codes("event", ()),
    },
    **PLANNING,
}
"""Name of the settings -> what one version of them may say. `cap` stands in clock.toml,
`consumption` in classes.toml."""


def add_settings(name: str, sections: list[Section], known: dict[str, Rule[Settings]]) -> None:
    """Read the versions of one rule of settings, and join them to those that are there."""
    keys = SETTINGS_KEYS[name]
    old = known[name].versions if name in known else ()
    new = read_versions(
        sections,
        {one for section in sections for one in written(section, keys)},
        lambda section: Settings(read_values(section, keys)),
    )
    if sections:
        known[name] = Rule(name, {}, join(old, new, sections[0].mistakes))
