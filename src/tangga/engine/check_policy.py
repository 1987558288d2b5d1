"""Looking at what was decided, without running: is the policy whole, do its examples hold, and
what does it not say on the day of the workspace?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tangga.engine.workspace import Workspace
from tangga.rules.on_date import Gap, OnDate, Policy
from tangga.rules.policy import ANNOUNCED, Period


@dataclass(frozen=True)
class PolicyFindings:
    """Counts of a policy that stands, and what of it does not hold on the day.

    cases: examples that hold. announced: ids of what is only announced on the day. questions: open
    ones, of all versions. gaps: what has no version on the day.
    """

    day: date
    programmes: int
    moves: int
    versions: int
    cases: int
    announced: tuple[str, ...]
    questions: int
    gaps: tuple[Gap, ...]


def check_policy(workspace: Workspace) -> PolicyFindings | None:
    """Read the policy with its overlays and run every case; None where there is no policy.

    Raises BadPack with every mistake and every case that fails; PolicyGap where nothing can be
    decided on the workspace's day.
    """
    policy = workspace.proven_rulebook()
    if not policy.files:
        return None
    today = policy.on(workspace.as_of)
    return PolicyFindings(
        day=workspace.as_of,
        programmes=len(policy.programmes),
        moves=len(policy.moves),
        versions=len(policy.versions),
        cases=len(policy.cases),
        announced=tuple(id_ for id_, period in _periods(today) if period.status == ANNOUNCED),
        questions=_questions(policy),
        gaps=today.gaps,
    )


def _periods(today: OnDate) -> Iterator[tuple[str, Period]]:
    """What holds on the day, in force or announced."""
    for listed in (today.programmes.values(), today.moves, today.signals, today.choices):
        for one, version in listed:
            yield one.id, version.period
    for name, version in today.settings.items():
        yield name, version.period


def _questions(policy: Policy) -> int:
    of_facts = sum(bool(fact.question) for fact in policy.facts.facts.values())
    of_sentras = sum(bool(row.question) for row in policy.sentras.rows)
    return sum(bool(period.question) for period in policy.versions) + of_facts + of_sentras
