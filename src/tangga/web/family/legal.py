"""The law behind a decision, as it is told in front of a family.

A rule's `basis` may say beside the law who quoted it. A website is no law: it stands with the
sources on the page of the policy, and here what only a website says is left out. A law of which no
number is left is said to be without a sure one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tangga.texts import Language, say

BETWEEN = "; "
IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
SITE = re.compile(r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}\b")
"""news.example.id: the name of a host, with or without a path after it."""

CUT = "\0"
NUMBER = re.compile(r"\d")
OWN = re.compile(r"\bbawaan paket versi (\d+)", re.IGNORECASE)
"""What the pack says of a rule of its own. It is the only part of a basis that is no name."""


@lru_cache(maxsize=2048)
def law(basis: str, language: Language) -> str:
    """A basis without what only a website says; "" of nothing."""
    cut = IN_BRACKETS.sub(lambda found: CUT if SITE.search(found[0]) else found[0], basis)
    parts = (_law(part, language) for part in cut.split(BETWEEN) if not SITE.search(part))
    said = BETWEEN.join(part for part in parts if part)
    return said if language == "id" else OWN.sub(lambda found: _own(found[1], language), said)


def _own(version: str, language: Language) -> str:
    return say("web_family.law_own", language, version=version)


def _law(part: str, language: Language) -> str:
    whole = part.replace(CUT, "").strip()
    if CUT in part and whole and not NUMBER.search(whole):
        return f"{whole} ({say('web_family.law_unnumbered', language)})"
    return whole
