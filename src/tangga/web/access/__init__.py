"""Who may do what: roles by area level, verb and class of columns, read from the pack."""

from __future__ import annotations

from tangga.web.access.model import LEVELS, VERBS, Access, Role, Verb, level_of
from tangga.web.access.read import access, load_access

__all__ = ["LEVELS", "VERBS", "Access", "Role", "Verb", "access", "level_of", "load_access"]
