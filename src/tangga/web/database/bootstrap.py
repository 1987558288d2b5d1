"""The roles and extensions that the web needs, made once by an administrator of the server.

Three roles, because row-level security does not bind a superuser: `tangga_owner` owns the database,
runs migrations and loads; it logs in. `tangga_app` owns nothing and cannot log in; each request
becomes it, and sees what the policies let through. `tangga_web` is what the processes that answer
requests log in as: it may become `tangga_app` and nothing else, so that nothing a request sends can
make it the owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

from tangga.errors import UserError
from tangga.web.database.binaries import OLDEST

OWNER, APP, WEB = "tangga_owner", "tangga_app", "tangga_web"
DATABASE = "tangga"
EXTENSIONS = ("pg_trgm", "btree_gin", "btree_gist", "unaccent", "fuzzystrmatch")
"""All of them PostgreSQL's own and trusted: an owner who is no superuser may create them."""


def bootstrap(superuser_url: str, *, database: str = DATABASE, password: str | None = None) -> str:
    """Make roles, database and extensions where they are missing; may be repeated.

    password: of the owner, where the server asks for one (over TCP). Returns the owner's URL.
    Raises UserError: the server is too old or does not answer, or the URL is no administrator's.
    """
    with _connect(superuser_url) as con:
        require_version(con)
        if not _value(con, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            raise UserError("this URL is not that of a superuser", todo=_ask(con, database))
        _make_roles(con, password)
        _make_database(con, database)
    with _connect(_at(superuser_url, database=database)) as con:
        _close_to_others(con, database)
        for extension in EXTENSIONS:
            con.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
            )
    return _at(superuser_url, database=database, user=OWNER, password=password)


def web_login(owner_url: str) -> str:
    """Of the owner's URL on a server of our own: that of the processes that answer requests."""
    return _at(owner_url, database=unquote(urlsplit(owner_url).path.lstrip("/")), user=WEB)


def prepare(owner_url: str) -> None:
    """Check a database that somebody else made, and create the extensions that we may create.

    Raises UserError with the SQL that an administrator has to run where something is missing.
    """
    with _connect(owner_url) as con:
        require_version(con)
        name = con.info.dbname
        for extension in _missing_extensions(con):
            try:
                con.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
            except psycopg.Error:
                break
        wrong = [*_missing_roles(con), *_missing_extensions(con), *_missing_rights(con)]
        if wrong:
            what = f"the database {name} is not prepared: {', '.join(wrong)}"
            raise UserError(what, todo=_ask(con, name))


def require_version(con: psycopg.Connection[tuple[object, ...]]) -> None:
    """UserError for a server older than we know how to use."""
    major = con.info.server_version // 10000
    if major < OLDEST:
        raise UserError(
            f"this server is PostgreSQL {major}; Tangga needs {OLDEST} or newer",
            todo="Upgrade the server, or unset DATABASE_URL to use one of our own",
        )


def administrators_sql(owner: str = OWNER, database: str = DATABASE) -> str:
    """What an administrator runs with psql, as a superuser."""
    extensions = "\n".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS)
    create = [
        f"CREATE ROLE {APP} NOLOGIN;",
        f"CREATE ROLE {owner} LOGIN PASSWORD '...';",
        f"GRANT {APP} TO {owner};",
        f"CREATE ROLE {WEB} LOGIN PASSWORD '...';",
        f"GRANT {APP} TO {WEB};",
        f"CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8';",
        f"\\connect {database}",
    ]
    return "\n".join([*create, extensions])


def _ask(con: psycopg.Connection[tuple[object, ...]], database: str) -> str:
    owner = con.info.user if con.info.user != "postgres" else OWNER
    lines = administrators_sql(_identifier(owner), _identifier(database))
    return f"An administrator runs this, leaving out what exists already:\n{lines}"


def _identifier(name: str) -> str:
    plain = name.isidentifier() and name.islower() and name.isascii()
    return name if plain else '"' + name.replace('"', '""') + '"'


def _make_roles(con: psycopg.Connection[tuple[object, ...]], password: str | None) -> None:
    safe = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    for role, login in ((APP, "NOLOGIN"), (OWNER, "LOGIN"), (WEB, "LOGIN")):
        there = _value(con, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
        verb = "ALTER" if there else "CREATE"
        con.execute(sql.SQL(f"{verb} ROLE {{}} {login} {safe}").format(sql.Identifier(role)))
    if password is not None:
        secret = sql.SQL("ALTER ROLE {} PASSWORD {}")
        con.execute(secret.format(sql.Identifier(OWNER), sql.Literal(password)))
    for role in (OWNER, WEB):
        grant = sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(role))
        con.execute(grant)


def _make_database(con: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    if _value(con, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        own = sql.SQL("ALTER DATABASE {} OWNER TO {}")
    else:
        own = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
    con.execute(own.format(sql.Identifier(name), sql.Identifier(OWNER)))


def _close_to_others(con: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    """Only our own roles connect; only the owner creates anything."""
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {database} TO {owner}",
        "GRANT CONNECT ON DATABASE {database} TO {app}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "ALTER SCHEMA public OWNER TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}",
    ):
        con.execute(
            sql.SQL(statement).format(
                database=sql.Identifier(database),
                owner=sql.Identifier(OWNER),
                app=sql.Identifier(APP),
            )
        )


def _missing_roles(con: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    if not _value(con, "SELECT 1 FROM pg_roles WHERE rolname = %s", APP):
        return [f"role {APP}"]
    may = _value(con, "SELECT pg_has_role(current_user, %s, 'MEMBER')", APP)
    return [] if may else [f"membership of {con.info.user} in {APP}"]


def _missing_extensions(con: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    there = {str(name) for (name,) in con.execute("SELECT extname FROM pg_extension").fetchall()}
    return [name for name in EXTENSIONS if name not in there]


def _missing_rights(con: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    schemas = "has_database_privilege(current_database(), 'CREATE')"
    public = "has_schema_privilege('public', 'CREATE')"
    may = _value(con, f"SELECT {schemas} AND {public}")
    return [] if may else [f"the right of {con.info.user} to create schemas and tables"]


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """Each statement by itself. UserError, without the URL's password, where nothing answers."""
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as wrong:
        reason = (str(wrong).strip().splitlines() or ["no reason given"])[-1]
        todo = "Look at DATABASE_URL and at the server"
        raise UserError(f"PostgreSQL cannot be reached: {reason}", todo=todo) from None


def _value(con: psycopg.Connection[tuple[object, ...]], query: str, *values: str) -> object:
    found = con.execute(query.encode(), values).fetchone()
    return None if found is None else found[0]


def _at(url: str, *, database: str, user: str | None = None, password: str | None = None) -> str:
    """The same server, another database, and where named another user."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    account = parts.netloc.rpartition("@")[0]
    if user is not None:
        account = _account({"user": user, "password": password})
    place = f"{account}@{host}" if account else host
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{place}/{quote(database, safe='')}{query}"


def _account(of: Mapping[str, str | None]) -> str:
    said = [quote(part, safe="") for part in (of["user"], of["password"]) if part is not None]
    return ":".join(said)
