"""`model.json`: a model as a file that anybody can read, and that scores the same everywhere.

Floats are written so that the same float is read; keys are sorted; nothing of when or where it was
made is in it. So the same survey and spec give the same bytes. The file holds its own hash: one
that was changed or cut off is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from tangga.engine.welfare.model import Effect, Model, Spread
from tangga.engine.welfare.spec import Feature
from tangga.errors import BadPack

NAME = "model.json"
FORMAT = 1
"""Of the file: raised when an older program could not read it rightly."""
AGAIN = "Fetch it again, or fit it again: tangga welfare fit"


def write_model(model: Model, directory: Path) -> Path:
    """Write `model.json` into a folder, whole or not at all; where it stands."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / NAME
    unfinished = directory / f".{NAME}.{os.getpid()}.tmp"
    try:
        unfinished.write_text(model_text(model), encoding="utf-8")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return file


def model_text(model: Model) -> str:
    """What stands in the file of a model."""
    content = {"format": FORMAT, **model_data(model)}
    return _json({**content, "sha256": _hash(content)}) + "\n"


def model_data(model: Model) -> dict[str, Any]:
    """A model as plain tables and lists."""
    return {
        **{name: getattr(model, name) for name in _PLAIN},
        "effects": [_effect_data(effect) for effect in model.effects],
        "spread": {
            **{name: getattr(model.spread, name) for name in _OF_SPREAD},
            "effects": [_effect_data(effect) for effect in model.spread.effects],
        },
        "quantiles": list(model.quantiles),
        "cuts": {str(share): cut for share, cut in model.cuts.items()},
        "chosen": {str(share): chance for share, chance in model.chosen.items()},
        "about": dict(model.about),
    }


_PLAIN = ("version", "log", "unit", "intercept", "held", "persistence", "shock")
_OF_SPREAD = ("intercept", "per_score", "low", "high")


def _effect_data(effect: Effect) -> dict[str, Any]:
    data = {field.name: getattr(effect, field.name) for field in fields(Effect)}
    feature = {field.name: getattr(effect.feature, field.name) for field in fields(Feature)}
    return {**data, "feature": feature}


def read_model(place: Path) -> Model:
    """The model of a folder or file. Raises BadPack for one that is changed, cut off or newer."""
    file = place / NAME if place.is_dir() else place
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        todo = "Make one: tangga welfare fit SURVEY --spec SPEC.toml --out DIR"
        raise BadPack("there is no model here", file=file, todo=todo) from None
    except UnicodeDecodeError:
        raise BadPack("not a model file: no text in UTF-8", file=file, todo=AGAIN) from None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = "the model file is cut off or damaged"
        line = getattr(error, "lineno", None)
        raise BadPack(what, file=file, line=line, todo=AGAIN) from None
    return _checked(data, file)


def _checked(data: Any, file: Path) -> Model:
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise BadPack("this is no model file", file=file, todo=AGAIN)
    if data["format"] > FORMAT:
        what = f"made by a newer program (format {data['format']}; this one reads {FORMAT})"
        raise BadPack(what, file=file, todo="Use that program, or fit it again with this one")
    stated = data.pop("sha256", None)
    try:
        whole = stated == _hash(data)
    except (ValueError, RecursionError):  # a number that is none, or lists in lists in lists
        whole = False
    if not whole:
        raise BadPack("changed since it was written: its hash differs", file=file, todo=AGAIN)
    try:
        return _model(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadPack(f"not a complete model ({error!r})", file=file, todo=AGAIN) from None


def _model(data: Mapping[str, Any]) -> Model:
    spread = data["spread"]
    effects = tuple(_effect(effect) for effect in spread["effects"])
    return Model(
        **{name: data[name] for name in _PLAIN},
        effects=tuple(_effect(effect) for effect in data["effects"]),
        spread=Spread(**{name: spread[name] for name in _OF_SPREAD}, effects=effects),
        quantiles=tuple(data["quantiles"]),
        cuts={float(share): cut for share, cut in data["cuts"].items()},
        chosen={float(share): chance for share, chance in data["chosen"].items()},
        about=data["about"],
    )


def _effect(data: Mapping[str, Any]) -> Effect:
    given = data["feature"]
    feature = Feature(**{**given, **{name: tuple(given[name]) for name in ("order", "not_known")}})
    lists = {name: tuple(data[name]) for name in ("starts", "steps")}
    return Effect(**{**data, **lists, "feature": feature})


def model_hash(model: Model) -> str:
    """SHA-256 of all that a model is but its version."""
    return _hash({**model_data(model), "version": ""})


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_json(content).encode()).hexdigest()


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
