"""What a simulation measures, by name: what `[[check]]` may ask, and the rows of `summary`."""

from __future__ import annotations

FAMILIES, PEOPLE, RUPIAH, SHARE = "families", "people", "rupiah", "share"
MEASURES: dict[str, str] = {
    "fits": FAMILIES,
    "comes_to_fit": FAMILIES,
    "ceases_to_fit": FAMILIES,
    "not_known": FAMILIES,
    "served": FAMILIES,
    "families_in": FAMILIES,
    "families_out": FAMILIES,
    "people_in": PEOPLE,
    "people_out": PEOPLE,
    "waiting": FAMILIES,
    "without_rank": FAMILIES,
    "cost_of_all": RUPIAH,
    "cost": RUPIAH,
    "set_aside": RUPIAH,
    "cost_most": RUPIAH,
    "cost_recorded": RUPIAH,
    "cost_change": RUPIAH,
    "amount_unknown": FAMILIES,
    "winners": FAMILIES,
    "losers": FAMILIES,
    "exclusion": SHARE,
    "inclusion": SHARE,
    "poverty": SHARE,
    "poverty_gap": SHARE,
    "poverty_severity": SHARE,
    "graduable": FAMILIES,
    "at_cap": FAMILIES,
}
"""Measure -> its unit. Families: of a programme for persons, those with such a person."""
