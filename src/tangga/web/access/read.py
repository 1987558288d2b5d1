"""Reads `access/roles.toml` of a pack; every mistake is told with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.load import pack_dir
from tangga.registry.mistakes import Mistakes, nearest
from tangga.registry.privacy import PRIVACY_LABELS
from tangga.rules.toml_file import Spot, TomlFile, read_toml
from tangga.web.access.model import LEVELS, LIMITS, SIGHTS, VERBS, Access, Role, Verb

FILE = "access/roles.toml"
LANGUAGES = ("id", "en")
VERB_KEYS: dict[str, type] = {"id": str, "en": str, "whole": bool}
ROLE_KEYS: dict[str, type] = {
    "id": str,
    "en": str,
    "levels": list,
    "verbs": list,
    "second_factor": bool,
    "sees": dict,
    "limits": dict,
    "why": str,
    "cases_only": bool,
}
OPTIONAL = {"cases_only"}


@cache
def access() -> Access:
    """The roles of the pack that the service was set to."""
    from django.conf import settings

    return load_access(pack_dir(settings.ENV.pack))


def load_access(folder: Path) -> Access:
    """The roles of a pack in a folder; BadPack naming every mistake with file, line and key."""
    mistakes = Mistakes(folder)
    file = read_toml(folder / FILE, mistakes) if (folder / FILE).is_file() else None
    if file is None:
        if not mistakes.found:
            mistakes.add("not there: nobody could be given a post", folder / FILE)
        mistakes.raise_if_any()
        raise AssertionError
    file.top.check_keys(file.data, ("verbs", "roles", "purposes"))
    verbs = dict(_each(file, "verbs", _verb))
    for missing in [verb for verb in VERBS if verb not in file.data.get("verbs", {})]:
        file.top.at("verbs").wrong(f"the verb {missing} is not described")
    roles = dict(_each(file, "roles", _role))
    purposes = dict(_each(file, "purposes", _purpose))
    mistakes.raise_if_any()
    return Access(verbs, roles, purposes)


def _each(file: TomlFile, part: str, build: Any) -> Iterable[tuple[str, Any]]:
    """Each table of a part as what it describes, without those that are wrong."""
    for code, data in file.data.get(part, {}).items():
        built = build(code, data, file.top.at(part, code))
        if built is not None:
            yield code, built


def _verb(code: str, data: Mapping[str, Any], spot: Spot) -> Verb | None:
    if code not in VERBS:
        spot.wrong(f"no page knows the verb {code!r}", todo=nearest(code, VERBS))
        return None
    if not _fits(data, VERB_KEYS, {"id", "en"}, spot):
        return None
    return Verb(code, {one: data[one] for one in LANGUAGES}, bool(data.get("whole", False)))


def _purpose(code: str, data: Mapping[str, Any], spot: Spot) -> Mapping[str, str] | None:
    fits = _fits(data, {"id": str, "en": str}, {"id", "en"}, spot)
    return {one: data[one] for one in LANGUAGES} if fits else None


def _role(code: str, data: Mapping[str, Any], spot: Spot) -> Role | None:
    if not _fits(data, ROLE_KEYS, set(ROLE_KEYS) - OPTIONAL, spot) or not _known(data, spot):
        return None
    try:
        return Role(
            code=code,
            labels={one: data[one] for one in LANGUAGES},
            levels=tuple(data["levels"]),
            verbs=frozenset(data["verbs"]),
            second_factor=data["second_factor"],
            sees=data["sees"],
            limits=data["limits"],
            why=data["why"],
            cases_only=data.get("cases_only", False),
        )
    except ValueError as error:
        spot.wrong(f"the role {code!r} cannot be: {error}")
        return None


def _fits(data: Any, kinds: Mapping[str, type], needed: set[str], spot: Spot) -> bool:
    """Whether each key is known and of its type, and none is missing."""
    if not isinstance(data, dict):
        spot.wrong("is no table")
        return False
    fits = spot.check_keys(data, kinds)
    for key in sorted(needed - set(data)):
        spot.wrong(f"lacks {key}")
        fits = False
    for key in [key for key in data if key in kinds and type(data[key]) is not kinds[key]]:
        spot.at(key).wrong(f"{key} is of the wrong type")
        fits = False
    return fits


def _known(data: Mapping[str, Any], spot: Spot) -> bool:
    """Whether every word is one that there is."""
    fits = spot.at("sees").check_keys(data["sees"], PRIVACY_LABELS)
    fits &= spot.at("limits").check_keys(data["limits"], LIMITS)
    for key, words, valid in (
        ("levels", data["levels"], tuple(LEVELS)),
        ("verbs", data["verbs"], VERBS),
        ("sees", list(data["sees"].values()), SIGHTS),
    ):
        for word in [word for word in words if word not in valid]:
            spot.at(key).wrong(f"{key}: {word!r} is none", todo=nearest(str(word), valid))
            fits = False
        if key != "sees" and len(set(map(str, words))) != len(words):
            spot.at(key).wrong(f"{key}: something stands there twice")
            fits = False
    for limit, most in data["limits"].items():
        if type(most) is not int:
            spot.at("limits", limit).wrong(f"{limit} is no whole number")
            fits = False
    return fits
