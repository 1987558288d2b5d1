"""The rules for residents: what a programme asks now, what it gives, who determines it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tangga.texts import Language, say
from tangga.web.pack import code_label
from tangga.web.policy.book import book
from tangga.web.policy.describe import Describer, Version

OTHER = "other"
SHOWN = ("in_force", "announced")


@dataclass(frozen=True)
class Rule:
    """A programme as residents read it. version: what holds, or is announced; None: neither."""

    id: str
    label: str
    focus: str
    decides: str
    version: Version | None

    @property
    def gives(self) -> str:
        """What it gives, in one line."""
        return self.version.benefit[0] if self.version and self.version.benefit else ""


@lru_cache(maxsize=8)
def rules(language: Language, day: date) -> tuple[Rule, ...]:
    """Every programme, by what it is called."""
    describer = Describer(book(), language, day)
    found = [_rule(describer, id_, language) for id_ in book().policy.programmes]
    return tuple(sorted(found, key=lambda one: one.label))


def _rule(describer: Describer, id_: str, language: Language) -> Rule:
    programme = book().policy.programmes[id_]
    versions = describer.rule(programme, "programme").versions
    return Rule(
        id=id_,
        label=programme.labels[language],
        focus=code_label("focus", programme.focus, language),
        decides=decided_by(programme.determined_by, language),
        version=_now(versions),
    )


def decided_by(code: str, language: Language) -> str:
    """Who determines it; who is none of those that the pack names runs the programme itself."""
    if code == OTHER:
        return say("web_rules.others", language)
    return code_label("determiner", code, language)


def _now(versions: Sequence[Version]) -> Version | None:
    return next((one for state in SHOWN for one in versions if one.state == state), None)
