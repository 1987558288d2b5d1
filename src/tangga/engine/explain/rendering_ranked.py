"""The rank of a family and why, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from tangga.engine.explain.ranked_data import (
    Contradiction,
    Official,
    Origin,
    Part,
    Rank,
    RankExplanation,
    WhatIf,
)
from tangga.engine.explain.words import Words, day, joined, words

if TYPE_CHECKING:
    from tangga.engine.explain.rendering import Page

SEMICOLON = Words.same("; ")
TOLD = 2
"""The release that decides and the one before it are told in sentences."""
MOST_WHAT_IFS = 8
"""Facts of which what-ifs are listed; all of them are in --json."""


def ranked(page: Page, rank: Rank | None) -> None:
    """The official rank, who may change it, and what a model says; nothing where nobody ranked."""
    if rank is None:
        return
    page.heading("rank")
    if rank.official is not None:
        _official(page, rank.official)
    for one in rank.indications:
        _contradiction(page, one)
    for said in rank.who:
        page.say(said, 1)
    if rank.estimate is not None:
        page.heading("rank_model" if rank.estimate.placed is None else "rank_own")
        if rank.official is not None:
            page.say(words("rank_purpose"), 1)
        estimate(page, rank.estimate)
    for said in rank.extra:
        page.say(said, 1)


def _contradiction(page: Page, one: Contradiction) -> None:
    page.say(one.words, 1)
    for because in one.because:
        page.say(because, 2, "- ")
    page.say(one.do, 2)


def _official(page: Page, official: Official) -> None:
    for said in official.words:
        page.say(said, 1)
    if len(official.releases) > TOLD:
        page.say(words("rank_releases"), 1)
    for release in official.releases[TOLD:]:
        page.say(release.words, 2, "- ")
    if official.moved and official.release is not None:
        _meanwhile(page, official)
    for said in official.rests:
        page.say(said, 1)


def _meanwhile(page: Page, official: Official) -> None:
    """What changed in our own data between the two releases, where the rank changed."""
    told = [one for one in official.changed if one.kind != "learnt"]
    page.say(words("rank_meanwhile" if told else "rank_meanwhile_none"), 1)
    for changed in told:
        page.say(changed.words, 2, "- ")
        page.add("second", _origin(changed.origin), 3)
    learnt = [one for one in official.changed if one.kind == "learnt"]
    if learnt:
        sources = ", ".join(sorted({one.origin.source for one in learnt}))
        page.say(words("rank_learnt", n=len(learnt), sources=sources), 1)
    if official.by is not None:
        page.say(words("rank_weights", by=official.by), 1)


def estimate(page: Page, found: RankExplanation) -> None:
    """What a model says of a family, why, and what-ifs."""
    for said in found.words:
        page.say(said, 1)
    _parts(page, found)
    _what_ifs(page, found)


def _parts(page: Page, found: RankExplanation) -> None:
    """Effects from the largest on, those that hardly count in one line; then what is not known."""
    known = [part for part in found.parts if part.value is not None]
    # What is counted as in the average household was named above, all together.
    average = words("rank_as_average")
    unknown = [part for part in found.parts if part.value is None and part.effect != average]
    if known:
        page.say(words("rank_parts" if found.score is not None else "rank_parts_known"), 1)
        _known(page, known)
    if unknown:
        page.say(words("rank_parts_unknown"), 1)
    for part in unknown:
        said = words("rank_part_unknown", label=part.label, effect=part.effect)
        page.say(said, 2, "- ")
        _from(page, part)


def _known(page: Page, parts: Sequence[Part]) -> None:
    hardly = words("rank_hardly")
    for part in parts:
        if part.effect != hardly and part.value is not None:
            said = words("rank_part", label=part.label, value=part.value, effect=part.effect)
            page.say(said, 2, "- ")
            _from(page, part)
    small = [_named(part) for part in parts if part.effect == hardly]
    if small:
        page.say(words("rank_small", facts=joined(small, SEMICOLON)), 2, "- ")


def _from(page: Page, part: Part) -> None:
    if part.counted:
        page.say(words("rank_counted", names=", ".join(part.counted)), 4)
    if part.origins:
        page.add("second", ", ".join(dict.fromkeys(_origin(one) for one in part.origins)), 4)


def _named(part: Part) -> Words:
    return joined([part.label, part.value or words("rank_not_known")], Words.same(": "))


def _origin(origin: Origin) -> str:
    if not origin.source:
        return origin.source_id
    return f"{origin.source}:{origin.source_id} {day(origin.as_of)}"


def _what_ifs(page: Page, found: RankExplanation) -> None:
    changing = [one for one in found.what_ifs if one.changes]
    if not found.what_ifs:
        return
    asked = "rank_if_chance" if found.placed is None else "rank_if_decile"
    page.say(words(asked if changing else "rank_if_none"), 1)
    by_fact: dict[str, list[WhatIf]] = {}
    for one in changing:
        by_fact.setdefault(one.fact, []).append(one)
    for what_ifs in list(by_fact.values())[:MOST_WHAT_IFS]:
        _of_fact(page, what_ifs)
    if len(by_fact) > MOST_WHAT_IFS:
        page.say(words("rank_if_more", n=len(by_fact) - MOST_WHAT_IFS), 2, "- ")


def _of_fact(page: Page, what_ifs: Iterable[WhatIf]) -> None:
    """All what-ifs of one fact in a line, those with one outcome together."""
    ordered = sorted(what_ifs, key=lambda one: one.score)
    said = [
        words("rank_if_value", values=joined((one.value for one in group), words("rank_or")),
              then=then)
        for then, group in ((then, list(group)) for then, group in groupby(ordered, key=_then))
    ]  # fmt: skip
    label = ordered[0].label
    page.say(words("rank_if_fact", label=label, said=joined(said, SEMICOLON)), 2, "- ")


def _then(one: WhatIf) -> Words:
    from tangga.engine.explain.rank_words import chance

    if one.decile is not None:
        return words("rank_then_decile", decile=one.decile)
    return chance(one.poor)
