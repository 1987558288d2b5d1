"""Whether the field key is the one that the database was sealed with."""

from __future__ import annotations

from collections.abc import Iterator

from tangga.web.checks.finding import Finding, found
from tangga.web.environ import Environment
from tangga.web.register.field_key import is_of, known
from tangga.web.secrets import Secrets


def of_field_key(env: Environment) -> Iterator[Finding]:
    """A key that opens nothing of what there is. Needs Django set up, as the owner."""
    if not is_of(Secrets.of(env.field_key, env.old_field_keys), known()):
        yield found("wrong_field_key")
