"""Whether the field key is the one that the database was sealed with."""

from __future__ import annotations

from collections.abc import Iterator

from tangga.web.checks.finding import Finding, found
from tangga.web.environ import Environment
from tangga.web.register.field_key import is_of, known, release_can_be_read
from tangga.web.secrets import Secrets


def of_field_key(env: Environment) -> Iterator[Finding]:
    """A key that opens nothing of what there is. Needs Django set up, as the owner."""
    given = Secrets.of(env.field_key, env.old_field_keys)
    if not is_of(given, known()):
        yield found("wrong_field_key")
    elif not release_can_be_read(given):
        yield found("release_of_old_key")
