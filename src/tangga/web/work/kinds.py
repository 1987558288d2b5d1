"""The kinds of matters, as the pack's workflows describe them; read once a process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tangga.registry.load import pack_dir
from tangga.rules.workflow import Workflow, load_workflows
from tangga.web.access.model import LEVELS, VERBS


@cache
def workflows() -> Mapping[str, Workflow]:
    """Every kind by name. BadPack naming every mistake of the files."""
    from django.conf import settings

    return load_workflows(pack_dir(settings.ENV.pack), verbs=VERBS, levels=LEVELS)


def workflow(kind: str) -> Workflow:
    """Of one kind; KeyError where the pack has none."""
    return workflows()[kind]
