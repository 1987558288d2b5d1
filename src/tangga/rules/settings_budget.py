"""What policy/budget.toml may say: which payments count, and how budget lines are held together."""

from __future__ import annotations

from tangga.rules.setting_kinds import Kind, code, codes, whole, wholes

STATUSES = ("paid", "failed", "returned", "pending", "untouched", "to_recover")
"""What a payment can have become, in the words of the engine; each names codes of the pack."""

BUDGET: dict[str, Kind] = {
    **{status: codes("payment_status") for status in STATUSES},
    "suspended": codes("enrolment_status"),
    "years_before": whole(),
    "unpaid_days": whole(),
    "tolerance": whole(),
    "unit_factors": wholes(low=2),
    "planned": code("budget_measure"),
    "spent": code("budget_measure"),
    "hidden_focus": codes("focus"),
    "least_shown": whole(low=1),
}
