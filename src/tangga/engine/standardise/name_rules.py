"""What a pack says about names: models/names.toml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.registry.pack_toml import pack_toml

KEYS = {"version", "titles", "families", "skeleton"}
APART = re.compile(r"[\s,;:/\\()\[\]{}\"“”„_&+*=<>|-]+")
DOTS = re.compile(r"\.+")


def bare(text: str) -> str:
    """Letters and digits only, upper case, without accents: `Sa'diyah` -> `SADIYAH`."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain.upper() if c.isalnum())


@dataclass(frozen=True)
class NameRules:
    """Words that are no names, words that are one name, and how words sound.

    All words as `bare` gives them; after: degrees as dotted parts, `("S", "PD")`.
    families, head_families: form -> canonical word, anywhere and as the first word.
    """

    before: frozenset[str] = frozenset()
    after: frozenset[tuple[str, ...]] = frozenset()
    undotted: frozenset[str] = frozenset()
    anywhere: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    families: Mapping[str, str] = field(default_factory=dict)
    head_families: Mapping[str, str] = field(default_factory=dict)
    sounds: tuple[tuple[str, str], ...] = ()
    doubles: bool = True

    def skeleton(self, word: str) -> str:
        """How one canonical word sounds; the word itself where nothing would remain."""
        sound = word
        for written, heard in self.sounds:
            sound = sound.replace(written, heard)
        if not self.doubles:
            sound = re.sub(r"(.)\1+", r"\1", sound)
        return sound or word


@dataclass(frozen=True)
class Word:
    """What one word as received (between blanks) becomes.

    head: as the first word, when only titles stand before it; later: behind a name; alone: as
    the only word. Canonical words in order, () where it is dropped. leads: as a head it is all
    titles, so that the next word is a head too.
    """

    head: tuple[str, ...]
    later: tuple[str, ...]
    alone: tuple[str, ...]
    leads: bool


def read_word(received: str, rules: NameRules) -> Word:
    """The readings of one word; `M.Yusuf` and `Aminah,S.Pd` hold several pieces."""
    pieces = [piece for piece in APART.split(received) if bare(piece)]
    head, leads = _canonical(pieces, rules, head=True)
    later, _ = _canonical(pieces, rules, head=False)
    plain = tuple(bare(piece) for piece in pieces)
    short = len(plain) == 1 and (plain[0] in rules.head_families or not head)
    return Word(head, later, plain if short else head or plain, leads)


def _canonical(pieces: list[str], rules: NameRules, *, head: bool) -> tuple[tuple[str, ...], bool]:
    """(canonical words, whether nothing but titles stood at the head)."""
    found: list[str] = []
    for piece in pieces:
        for word in _words(piece, rules, head=head):
            canonical = _word(word, rules, head=head)
            if canonical:
                found.append(canonical)
                head = False
    return tuple(found), head and not found


def _words(piece: str, rules: NameRules, *, head: bool) -> list[str]:
    """A piece at its dots: `S.Pd` is one degree (none at the head), `M.Yusuf` two words."""
    parts = tuple(bare(part) for part in DOTS.split(piece) if bare(part))
    whole = "".join(parts)
    if len(parts) > 1 and head and whole in rules.before:
        return [whole]
    return [] if not head and parts in rules.after and len(parts) > 1 else list(parts)


def _word(word: str, rules: NameRules, *, head: bool) -> str | None:
    if word in rules.anywhere:
        return None
    if head:
        if word in rules.before:
            return None
        return rules.families.get(word) or rules.head_families.get(word) or word
    if word in rules.undotted or word in rules.between:
        return None
    return rules.families.get(word, word)


def clean_name(name: str, rules: NameRules) -> tuple[str, str]:
    """(name_clean, skeleton) of one name: the plain reading beside the fast one."""
    words = [read_word(word, rules) for word in name.split()]
    found: list[str] = []
    head = True
    for word in words:
        found += word.alone if len(words) == 1 else word.head if head else word.later
        head = head and word.leads
    found = found or plain_words(name)
    return " ".join(found), " ".join(rules.skeleton(word) for word in found)


def plain_words(name: str) -> list[str]:
    """The words of a name, titles and all."""
    return [bare(part) for piece in APART.split(name) for part in DOTS.split(piece) if bare(part)]


def load_name_rules(pack_dir: Path) -> NameRules:
    """The rules of a pack; without models/names.toml words are only put in upper case."""
    path = pack_dir / "models" / "names.toml"
    if not path.is_file():
        return NameRules()
    with pack_toml(path) as data:
        return _rules(data, path)


def _rules(data: Mapping[str, Any], path: Path) -> NameRules:
    if unknown := sorted(data.keys() - KEYS):
        raise BadPack(f"unknown key {unknown[0]!r}", file=path, todo=f"Known: {sorted(KEYS)}")
    titles, skeleton = data.get("titles", {}), data.get("skeleton", {})
    degrees = (DOTS.split(degree) for degree in titles.get("after", ()))
    words = {key: _bares(titles.get(key, ())) for key in ("before", "anywhere", "between")}
    return NameRules(
        **words,
        after=frozenset(tuple(bare(part) for part in degree) for degree in degrees),
        undotted=_bares(titles.get("undotted", ())),
        families=_families(data, "forms"),
        head_families=_families(data, "head"),
        sounds=tuple(_sound(rule, path) for rule in skeleton.get("rules", ())),
        doubles=skeleton.get("doubles", True),
    )


def _bares(words: list[str]) -> frozenset[str]:
    return frozenset(map(bare, words))


def _families(data: Mapping[str, Any], key: str) -> dict[str, str]:
    return {
        bare(form): bare(name)
        for name, family in data.get("families", {}).items()
        for form in family.get(key, ())
    }


def _sound(rule: str, path: Path) -> tuple[str, str]:
    written, arrow, heard = rule.upper().partition(">")
    if not arrow or not written:
        raise BadPack("a skeleton rule reads written>heard", file=path, value=rule)
    return written, heard
