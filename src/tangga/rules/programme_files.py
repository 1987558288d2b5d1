"""Reads `policy/programmes/ID.toml`: one programme a file, its versions one below the other."""

from __future__ import annotations

from collections.abc import Iterable

from tangga.registry.mistakes import nearest
from tangga.rules.conditions import AnyOf, Count
from tangga.rules.entries import NOTHING, SUBJECTS, Form, add_entry, read_requirements
from tangga.rules.names import FAMILY_TABLE
from tangga.rules.policy import (
    Benefit,
    Component,
    GroupRule,
    Labels,
    Programme,
    ProgrammeRule,
    Requirement,
    Rule,
)
from tangga.rules.section import Section, told_apart
from tangga.rules.wording import words

FOCI = ("protection", "rehabilitation", "empowerment", "prevention")
LEVELS = ("province", "regency", "district", "village")
WAITING_KEYS = ("decile", "protected", "severity", "since", "draw")
CHOICES = ("priority", "amount")
TOPICS = (
    *("rule", "places", "round", "receipt", "complaint", "steps", "duties", "clusters"),
    *("referral", "group", "note"),
)
COMPONENT = "component"
ORDERED = ("integer", "money", "decimal", "date")
DAYS = 366
OF_COMPONENTS = ("most_members", "most_children", "choose", "ties")
BENEFIT_KEYS = frozenset(("amount_year", "payments", "component", *OF_COMPONENTS))
COMPONENT_KEYS = frozenset(
    ("id", "amount_year", "who", "priority", "child", "most", "ends_by_clock")
)


def add_programme(section: Section, known: dict[str, Programme]) -> None:
    """Read one file: a new programme, or more versions of one that is known."""
    add_entry(FORM, section, known)
    if section.file.stem != section.data.get("id"):
        section.wrong("id", f"the file is named {section.file.stem!r}: its id must be the same")


def _head(section: Section) -> Programme:
    id_ = section.code("id", "programme")
    labels = section.labels(section.labels_of("programme", id_))
    return Programme(
        id=id_,
        labels=labels,
        unit=section.choice("unit", SUBJECTS),
        focus=section.choice("focus", FOCI),
        determined_by=section.code("determined_by", "determiner"),
        rule=Rule(id_, labels, ()),
        area=section.choice("area", LEVELS, "regency"),
        packages=section.several("packages", section.codes("rung")),
    )


def _says(section: Section, programme: Programme) -> ProgrammeRule:
    given, group = section.table("benefit"), section.table("group")
    benefit = _benefit(given) if given is not None else Benefit()
    asked = read_requirements(section, programme.unit)
    requires = _with_component(asked, benefit, programme.unit, programme.labels)
    if not requires:
        section.spot.wrong(f"{section.called}requires nothing", todo="Write [[version.requires]]")
    return ProgrammeRule(
        requires=requires,
        benefit=benefit,
        waiting=section.several("waiting", WAITING_KEYS),
        about=_about(section.table("about")),
        group=_group(group) if group is not None else None,
    )


FORM: Form[Programme] = Form(
    frozenset(("unit", "focus", "determined_by", "area", "packages")),
    _head,
    frozenset(("requires", "excludes", "benefit", "waiting", "about", "group")),
    _says,
)


def _with_component(
    requires: tuple[Requirement, ...], benefit: Benefit, unit: str, languages: Iterable[str]
) -> tuple[Requirement, ...]:
    """Who is paid by components needs one, unless the file says so in its own words."""
    if not benefit.components or any(one.id == COMPONENT for one in requires):
        return requires
    whos = tuple(dict.fromkeys(one.who for one in benefit.components))
    some = whos[0] if len(whos) == 1 else AnyOf(whos)
    condition = Count(some, low=1) if unit == FAMILY_TABLE else some
    labels = {one: words("any_component", "id" if one == "id" else "en") for one in languages}
    return (*requires, Requirement(COMPONENT, labels, condition))


def _about(section: Section | None) -> dict[str, Labels]:
    if section is None:
        return {}
    keys = {f"{topic}_{language}" for topic in TOPICS for language in section.words.languages}
    section.check_keys(keys)
    said = {topic: section.translated(topic) for topic in TOPICS}
    return {topic: words for topic, words in said.items() if words}


def _group(section: Section) -> GroupRule:
    section.check_keys({"least", "most", "area"})
    least = section.whole_number("least", low=1)
    return GroupRule(least, section.whole_number("most", low=least), section.choice("area", LEVELS))


def _benefit(section: Section) -> Benefit:
    section.check_keys(BENEFIT_KEYS, {f"in_kind_{one}" for one in section.words.languages})
    listed = section.tables("component")
    components = tuple(_component(one) for one in listed)
    told_apart(listed, [one.id for one in components])
    benefit = Benefit(
        amount_year=section.whole_number("amount_year", 0),
        payments=section.whole_number("payments", 1, low=1, high=DAYS),
        components=components,
        most_members=section.most("most_members"),
        most_children=section.most("most_children"),
        choose=section.choice("choose", CHOICES, "priority"),
        in_kind=section.translated("in_kind"),
        ties=_ties(section),
    )
    _check_sense(section, benefit)
    return benefit


def _ties(section: Section) -> str:
    """A fact of a person by which equal components are put in order."""
    name = section.text("ties", "")
    facts = section.words.names.person
    if name and (name not in facts or facts[name].type not in ORDERED):
        ordered = [one for one, kind in facts.items() if kind.type in ORDERED]
        section.wrong(
            "ties", f"ties = {name!r} is no ordered fact of a person", nearest(name, ordered)
        )
    return name


def _check_sense(section: Section, benefit: Benefit) -> None:
    """Keys that contradict each other."""
    if not section.data:
        section.spot.wrong("[version.benefit] says nothing")
    if benefit.components and "amount_year" in section.data:
        section.wrong("amount_year", "amount_year stands beside components, which have their own")
    if not benefit.components:
        for key in (key for key in OF_COMPONENTS if key in section.data):
            section.wrong(key, f"{key} is for components, and there is none")
    paid = benefit.amount_year or any(one.amount_year for one in benefit.components)
    if benefit.payments > 1 and not paid:
        section.wrong("payments", "payments of what? No amount is given")
    if benefit.most_children is not None and not any(one.child for one in benefit.components):
        section.wrong("most_children", "most_children, and no component has child = true")


def _component(section: Section) -> Component:
    section.check_keys(COMPONENT_KEYS, section.label_keys)
    id_ = section.code("id", "component")
    return Component(
        id=id_,
        labels=section.labels(section.labels_of("component", id_)),
        amount_year=section.whole_number("amount_year"),
        who=section.condition("who", "person") or NOTHING,
        priority=section.whole_number("priority"),
        child=section.flag("child"),
        most=section.most("most"),
        ends_by_clock=section.flag("ends_by_clock", True),
    )
