"""Who is logged in: allauth's, with the account read by a statement planned once a connection."""

from __future__ import annotations

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend

from tangga.web.accounts.models import User
from tangga.web.database.prepared import row

# A request reads the hash of nobody but who it acts for. OFFSET 0 keeps the account behind what
# says so.
ACCOUNT = """
WITH asker AS MATERIALIZED (SELECT set_config('app.user', %s, true)::bigint AS id)
SELECT {columns}
FROM asker CROSS JOIN LATERAL (
    SELECT {plain} FROM public.{table} AS u WHERE u.id = asker.id OFFSET 0
) AS one
"""


class Accounts(AuthenticationBackend):
    """As allauth; each request asks for one account by its number."""

    def get_user(self, user_id: int) -> User | None:
        """The account; None where there is none, or it may not be used any more.

        From here on the transaction knows the user (app.user).
        """
        names, statement = _account()
        found = row(statement, [str(user_id)])
        user = None if found is None else User.from_db("default", names, found)
        return user if self.user_can_authenticate(user) else None


@cache
def _account() -> tuple[list[str], str]:
    """The fields of an account, and the statement that reads them."""
    fields = User._meta.concrete_fields
    names = [field.attname for field in fields]
    plain = ", ".join(f'u."{field.column}"' for field in fields if field.attname != "password")
    columns = ", ".join(
        "public.accounts_password(one.id)"
        if field.attname == "password"
        else f'one."{field.column}"'
        for field in fields
    )
    table = f'"{User._meta.db_table}"'
    return names, ACCOUNT.format(columns=columns, plain=plain, table=table)
