"""Which state of a plan line may follow which, and what each must say."""

from __future__ import annotations

PROPOSED, CHANGED, ACCEPTED = "proposed", "changed", "accepted"
REJECTED, DONE, CANCELLED = "rejected", "done", "cancelled"

STEPS: dict[str, tuple[str, ...]] = {
    PROPOSED: (ACCEPTED, CHANGED, REJECTED, CANCELLED),
    CHANGED: (ACCEPTED, CHANGED, REJECTED, CANCELLED),
    ACCEPTED: (DONE, CHANGED, CANCELLED),
    REJECTED: (CHANGED,),
    DONE: (),
    CANCELLED: (),
}
"""State -> the states that may follow. A line begins as proposed; what was rejected can be
offered again with other figures."""

NEEDS: dict[str, tuple[str, ...]] = {
    ACCEPTED: ("owner", "due"),
    CHANGED: ("reason",),
    REJECTED: ("reason",),
    CANCELLED: ("reason",),
}
"""State -> what a version in it cannot do without."""

OPEN = (PROPOSED, CHANGED, ACCEPTED)
"""States of a line on which something is still to be done: such a line can be overdue."""

COUNTS = (ACCEPTED, DONE)
"""States in which a line is a target and a budget line."""

DECIDES = (ACCEPTED, CHANGED, REJECTED, DONE, CANCELLED)
"""What can be decided about a line."""
