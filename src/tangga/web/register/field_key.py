"""Whether the service was given the key that its database was sealed with."""

from __future__ import annotations

from collections.abc import Iterable

from tangga.errors import UserError
from tangga.web.database.rows import rows, run, value
from tangga.web.secrets import Secrets

KNOWN = "SELECT fingerprint FROM public.register_field_keys"
ADD = "INSERT INTO public.register_field_keys (fingerprint) VALUES (%s) ON CONFLICT DO NOTHING"
HELD = "UPDATE public.register_field_keys SET held = fingerprint = ANY(%s)"
OF_THE_RELEASE = """
SELECT field_key FROM public.register_releases
WHERE field_key <> '' AND number = (SELECT number FROM public.register_current)
"""
THERE = "SELECT to_regclass('public.register_field_keys') IS NOT NULL"
TODO = (
    "Set TANGGA_FIELD_KEY as it was; or, where a new key is meant, put the old one into "
    "TANGGA_FIELD_KEYS_OLD"
)


def is_of(given: Secrets, fingerprints: Iterable[str]) -> bool:
    """Whether one of the keys given is one of these; true where there are none yet."""
    known = set(fingerprints)
    return not known or bool(known & set(given.fingerprints))


def known() -> list[str]:
    """Fingerprints of the keys that this database was sealed with, as its owner."""
    return [row["fingerprint"] for row in rows(KNOWN)] if value(THERE) else []


def release_can_be_read(given: Secrets) -> bool:
    """Whether the key that sealed the release in force is still given, as the owner."""
    return is_of(given, [row["field_key"] for row in rows(OF_THE_RELEASE)])


def hold_to(given: Secrets) -> bool:
    """Note the present key; whether it takes the place of another.

    UserError, and nothing noted, where it is a stranger's.
    """
    before = known()
    hold_to_known(given)
    new = bool(run(ADD, [given.fingerprints[0]])) and bool(before)
    run(HELD, [given.fingerprints])
    return new


def hold_to_known(given: Secrets) -> None:
    """UserError where none of the keys is one that sealed this database."""
    if not is_of(given, known()):
        raise UserError("TANGGA_FIELD_KEY is not the key that sealed this database", todo=TODO)


def hold_backup_to(given: Secrets, fingerprint: str | None) -> None:
    """UserError for a backup that was sealed with another key; older ones do not say theirs."""
    if fingerprint is not None and not is_of(given, [fingerprint]):
        raise UserError("the backup was sealed with another TANGGA_FIELD_KEY", todo=TODO)
