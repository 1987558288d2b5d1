"""What `clock.toml` says on a day, checked: how months of support are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tangga.rules.conditions import Condition
from tangga.rules.policy import Settings

Codes = tuple[str, ...]


@dataclass(frozen=True)
class Clock:
    """One version of the clock. Codes are those of the pack's lists; ages in years.

    starts_on: of the second reading. enrolment_counts, payment_counts: states whose months count.
    payment_fails: states that give nothing, and take the month of an enrolment with them.
    enrolment_open: states in which a spell without an end still runs. at_school: who collects
    nothing. claimed: what makes a record of a person one that claims exemption. *_column: where the
    records of this pack say it, "" for nowhere. line_fact: the family's fact that looks up the
    poverty line.
    """

    starts_on: date
    programmes: Codes
    enrolment_counts: Codes
    enrolment_open: Codes
    payment_counts: Codes
    payment_fails: Codes
    receiving_months: int
    age_from: int
    age_to: int
    at_school: Condition
    family_reading: str
    rehabilitation: Codes
    suspension: Codes
    case_over: Codes
    disasters: Codes
    disaster_months: int
    shock_months: int
    shock_ends: Codes
    shock_unnamed: str
    extension_months: int
    complete_visit: Codes
    unsaid: Codes
    buffer: Decimal
    disability_assessment: Codes
    review_assessment: Codes
    groups: Codes
    group_over: Codes
    cohorts: int
    cohort_months: int
    claimed: Condition
    payee_number_column: str
    income_column: str
    reviewed_column: str
    finding_column: str
    joined_column: str
    left_column: str
    line_fact: str

    @classmethod
    def of(cls, settings: Settings) -> Clock:
        """From a version as loaded; KeyError for a key that it lacks."""
        return cls(**{key: settings[key] for key in cls.__dataclass_fields__})
