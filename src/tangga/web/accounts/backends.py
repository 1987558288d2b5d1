"""Who is logged in: allauth's, with the account read by a statement planned once a connection."""

from __future__ import annotations

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend

from tangga.web.accounts.models import User
from tangga.web.database.prepared import row


class Accounts(AuthenticationBackend):
    """As allauth; each request asks for one account by its number."""

    def get_user(self, user_id: int) -> User | None:
        """The account; None where there is none, or it may not be used any more."""
        names, statement = _account()
        found = row(statement, [user_id])
        user = None if found is None else User.from_db("default", names, found)
        return user if self.user_can_authenticate(user) else None


@cache
def _account() -> tuple[list[str], str]:
    """The fields of an account, and the statement that reads them."""
    fields = User._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    names = [field.attname for field in fields]
    return names, f'SELECT {columns} FROM public."{User._meta.db_table}" WHERE id = %s'
