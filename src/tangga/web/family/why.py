"""The reasons of a decision as a part of the page: made once for all families that share them.

Where members are named, the words are one family's own, and are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup

from tangga.texts import Language, say
from tangga.web.family.counted import Counted, Told
from tangga.web.family.legal import law
from tangga.web.family.reasons import Reason, Reasons


def why(reasons: Reasons, basis: str, language: Language, is_open: bool = False) -> Markup:
    """Each requirement with its answer and its facts; how many are kept back; the basis."""
    made = _shared if reasons.shared else _why
    return made(reasons, law(basis, language), language, is_open)


def _why(reasons: Reasons, basis: str, language: Language, is_open: bool) -> Markup:
    items = Markup("").join(_items(reasons, language))
    rests = Markup('<p class="basis">{}: {}</p>').format(_say("basis", language), basis)
    return Markup(
        '<details class="why"{}><summary>{}</summary><ul class="reasons">{}</ul>{}</details>'
    ).format(
        Markup(" open") if is_open else "",
        _say("why", language),
        items,
        rests if basis else "",
    )


_shared = lru_cache(maxsize=8192)(_why)


def _say(key: str, language: Language, **values: object) -> str:
    return say(f"web_family.{key}", language, **values)


def _items(reasons: Reasons, language: Language) -> Iterator[Markup]:
    for one in reasons.said:
        yield _reason(one, language)
    if reasons.hidden:
        said = _say("reasons_hidden", language, n=reasons.hidden)
        yield Markup('<li class="unknown">{}</li>').format(said)


def _reason(one: Reason, language: Language) -> Markup:
    facts = Markup("").join(Markup("<li>{}</li>").format(_fact(f, language)) for f in one.facts)
    return Markup(
        '<li class="met-{}"><strong>{}</strong> <span class="answer">{}</span>{}</li>'
    ).format(
        one.answer,
        one.label,
        _say(f"met_{one.answer}", language),
        Markup("<ul>{}</ul>").format(facts) if one.facts else "",
    )


def _fact(fact: str | Counted | Told, language: Language) -> str | Markup:
    if isinstance(fact, str):
        return fact
    if not isinstance(fact, Told) or not fact.rule:
        return fact.said
    lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in fact.rule)
    return Markup('{}<details class="rule"><summary>{}</summary><ul>{}</ul></details>').format(
        fact.said, _say("rule_any" if fact.any else "rule_all", language), lines
    )
