"""Which release is in force: a second person's approval, one switch, and the way back."""

from __future__ import annotations

from tangga.web.register.loading import ledger
from tangga.web.register.loading.ledger import Entry, Refused
from tangga.web.register.loading.schema import Connection
from tangga.web.register.loading.staging import own_transactions


def approve(number: int, *, connection: Connection, by: str, demo: bool = False) -> Entry:
    """Say that a staged release may come into force; outside the demo not by who loaded it."""
    own_transactions(connection)
    with ledger.alone(connection), connection.transaction():
        entry = ledger.entry(connection, number)
        if entry.state != "staged":
            raise Refused(
                f"release number {number} is {entry.state}, only a staged one can be approved",
                todo="See: tangga web releases",
            )
        if _same_person(entry.loaded_by, by) and not demo:
            raise Refused(
                "who loaded a release cannot approve it",
                todo="Ask a second person to look at it and to approve it",
            )
        connection.execute(
            "UPDATE public.register_releases "
            "SET state = 'approved', approved_by = %s, approved_at = now() WHERE number = %s",
            [by, number],
        )
        return ledger.entry(connection, number)


def _same_person(one: str, other: str) -> bool:
    """By name, in whatever letters, and with or without where they sat (`budi (server)`).

    A name on the command line is what was typed there: who has a shell on the server is trusted.
    """
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(name.partition("(")[0].casefold().split())


def switch(number: int, *, connection: Connection, by: str) -> Entry:
    """Put an approved release in force, in one transaction; requests under way end on the old."""
    own_transactions(connection)
    with ledger.alone(connection), connection.transaction():
        entry = ledger.entry(connection, number)
        if entry.state != "approved":
            raise Refused(
                f"release number {number} is {entry.state}, only an approved one comes into force",
                todo="See: tangga web releases",
            )
        _still_compared(connection, entry)
        _put_in_force(connection, entry, by=by, what="switch", state_of_old="former")
        return ledger.entry(connection, number)


def rollback(*, connection: Connection, by: str, reason: str) -> Entry:
    """Back to the release that was in force before; Refused without a reason or without one."""
    own_transactions(connection)
    if not reason.strip():
        raise Refused("a rollback needs a reason", todo="Say why the former release is better")
    with ledger.alone(connection), connection.transaction():
        former = _former(connection)
        if former is None:
            raise Refused("there is no former release to go back to")
        _put_in_force(
            connection, former, by=by, what="rollback", state_of_old="withdrawn", reason=reason
        )
        return ledger.entry(connection, former.number)


def _still_compared(con: Connection, entry: Entry) -> None:
    """Its table of changes speaks of the release in force, or else it would tell another story."""
    now = ledger.in_force(con)
    if entry.compared_to != (now.number if now else None):
        raise Refused(
            f"release number {entry.number} was compared with number {entry.compared_to}, "
            f"and number {now.number if now else None} is in force now",
            todo="Load it again",
        )


def _former(con: Connection) -> Entry | None:
    """The newest one that was in force, was not withdrawn, and whose tables stand."""
    row = con.execute(
        "SELECT s.number FROM public.register_switches AS s "
        "JOIN public.register_releases AS r ON r.number = s.number AND r.state = 'former' "
        "ORDER BY s.id DESC LIMIT 1"
    ).fetchone()
    return ledger.entry(con, row[0]) if row else None


def _put_in_force(
    con: Connection, entry: Entry, *, by: str, what: str, state_of_old: str, reason: str = ""
) -> None:
    old = ledger.in_force(con)
    con.execute("UPDATE public.register_current SET number = %s", [entry.number])
    if old is not None:
        ledger.set_state(con, old.number, state_of_old)
    ledger.set_state(con, entry.number, "in_force")
    con.execute(
        "INSERT INTO public.register_switches (by, what, number, before, reason) "
        "VALUES (%s, %s, %s, %s, %s)",
        [by, what, entry.number, old.number if old else None, reason],
    )
