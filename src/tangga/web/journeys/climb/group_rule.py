"""Whether a business group stands as the programme's rule asks: its size, its area, its members."""

from __future__ import annotations

from dataclasses import dataclass

from tangga.rules.answer import NO, YES, Answer
from tangga.rules.programmes import GroupFinding, group_fits, verdict
from tangga.texts import Language, say
from tangga.web.access import LEVELS
from tangga.web.journeys.climb.acting import language_of
from tangga.web.journeys.climb.models import Group, Member
from tangga.web.journeys.climb.reading import Reading, read_family
from tangga.web.journeys.climb.refusals import NotAGroup
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.pack import code_label
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer


@dataclass(frozen=True)
class Candidate:
    """A member as the programme's rule sees them. why: what is not met or not known."""

    member: Member
    read: Reading | None
    answer: Answer
    why: tuple[str, ...]


def candidates(group: Group, language: Language) -> list[Candidate]:
    """Every present member with what the rule says of their family today."""
    found = group.members.filter(left_on=None).order_by("joined_on", "id")
    return [candidate(one, language) for one in found]


def candidate(member: Member, language: Language) -> Candidate:
    """One member with what the rule says of the family today."""
    read = read_family(member.family_id)
    asked = None if read is None else read.rules.programmes.get(wanted().programme)
    if read is None or asked is None:
        return Candidate(member, read, NO, (say("web_climb.not_here", language),))
    said = verdict(asked[1].says, read.facts, read.on)
    why = tuple(one.requirement.labels[language] for one in said.all if one.answer is not YES)
    return Candidate(member, read, said.answer, why)


def finding(group: Group, found: list[Candidate]) -> GroupFinding | None:
    """Whether it stands by the rule: its size, its one area, each member; None without a rule."""
    version = book().policy.programmes[wanted().programme].rule.on(today())
    rule = version.says.group if version else None
    if rule is None:
        return None
    digits = LEVELS[rule.area]
    areas = [one.member.area[:digits] if len(one.member.area) >= digits else None for one in found]
    return group_fits(rule, areas, [one.answer for one in found])


def must_stand(group: Group, by: Viewer | None) -> list[Candidate]:
    """The members of a group that stands, with chair, secretary and treasurer. NotAGroup."""
    language = language_of(by)
    found = candidates(group, language)
    stands = finding(group, found)
    roles = {one.member.role for one in found}
    why = []
    if stands is not None:
        why += [
            say(f"web_climb.group_{name}", language)
            for name in ("size", "one_area", "members")
            if getattr(stands, name) is not YES
        ]
    missing = [
        code_label("group_role", one, language) for one in wanted().leading if one not in roles
    ]
    if missing:
        why.append(say("web_climb.group_roles", language, roles=", ".join(missing)))
    if why:
        raise NotAGroup(why="; ".join(why))
    return found
