"""A new field key: what accounts keep sealed is sealed again, so that the old key can go."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from tangga.web.accounts.adapters import SecondFactor
from tangga.web.accounts.hashing import MARK, closed, opened
from tangga.web.database.rows import rows, run

HASHES = "SELECT id, password FROM public.accounts_user WHERE starts_with(password, %s)"
CHANGE = "UPDATE public.accounts_user SET password = %s WHERE id = %s"
SEALED = ("secret", "seed")
"""Of what a second factor keeps: the telephone's secret, and what spare codes come from."""


@transaction.atomic
def reseal() -> int:
    """All of them, under the present key; how many. As the owner; every session ends with it.

    Unreadable, and nothing changed, where a key is missing.
    """
    hashes = rows(HASHES, [f"{MARK}$"])
    for one in hashes:
        run(CHANGE, [closed(opened(one["password"])), one["id"]])
    factors = list(Authenticator.objects.all())
    keeper = SecondFactor()
    for factor in factors:
        for name in SEALED:
            if name in factor.data:
                factor.data[name] = keeper.encrypt(keeper.decrypt(factor.data[name]))
        factor.save(update_fields=["data"])
    return len(hashes) + len(factors)
