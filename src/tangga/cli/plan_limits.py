"""What is said of lines that ask for more than there is, and where that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tangga.cli import screen
from tangga.texts import LANGUAGES, Language, say

if TYPE_CHECKING:
    from tangga.engine.plan_lines.limits import Limit
    from tangga.registry.model import Pack


def print_limits(limits: Iterable[Limit], pack: Pack) -> None:
    """A sentence for each that is exceeded or not known, in both languages.

    Where the budget of an area is not known, the narrowest around it that holds is told as well.
    """
    listed = list(limits)
    for one in listed:
        if one.exceeded:
            _print(one, f"plan.exceeds_{one.what}", pack)
        elif one.limit is None:
            _print(one, f"plan.unknown_{one.what}", pack)
            known = (o for o in listed if (o.line, o.what) == (one.line, one.what) and o.limit)
            around = next(known, None)
            if around is not None and not around.exceeded:
                _print(around, "plan.within_cost", pack)


def _print(one: Limit, key: str, pack: Pack) -> None:
    told = [_sentence(one, key, language, pack) for language in LANGUAGES]
    screen.out.print("\n".join(told), soft_wrap=True, markup=False)


def _sentence(one: Limit, key: str, language: Language, pack: Pack) -> str:
    def label(codes: str, code: str) -> str:
        return pack.codes[codes].codes[code].labels[language] if code else ""

    of = label("programme", one.programme) or label("focus", one.focus)
    return say(
        key,
        language,
        line=one.line,
        area=one.name or say("plan.country", language),
        of=of or say("plan.all_of_it", language),
        source=label("fund_source", one.fund_source),
        measure=one.measure,
        asked=one.asked,
        limit=one.limit,
    )
