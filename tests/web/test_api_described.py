"""The API does what its description says, and no more: asked by Schemathesis."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_tokens import token
from walking import Marks, Side, marks

from tangga.registry.load import pack_dir
from tangga.web.access import load_access
from tangga.web.api.tokens import SCOPES

ROOT = Path(__file__).parents[2]
ASKED = 25
"""Questions of each kind to each operation."""

FEWER = 6
"""Of a token whose answers differ from another's in what they leave out alone."""

OPEN_TO_ALL: tuple[str, ...] = ()
"""Operations without a token: none."""


def test_the_committed_description_is_the_one_that_is_served(web: Any) -> None:
    from django.test import Client

    served = Client().get("/api/v1/openapi.json").json()
    committed = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text("utf-8"))
    assert served == committed
    assert served["openapi"].startswith("3.1")


def test_every_operation_is_documented_for_people_too(web: Any) -> None:
    from django.test import Client

    served = Client().get("/api/v1/openapi.json").json()
    page = Client().get("/api/v1/docs").content.decode()
    for path, methods in served["paths"].items():
        for method, said in methods.items():
            assert f"{method.upper()} {path}" in page
            assert said["description"]
    for kind in ("bad_cursor", "too_many", "unavailable"):
        assert f'id="{kind}"' in page
    assert page.count("<script") == page.count('<script src="/static/tangga/')


def test_making_the_description_needs_no_database() -> None:
    script = [sys.executable, "scripts/make_openapi.py", "--check"]
    done = subprocess.run(script, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


WHO = load_access(pack_dir("indonesia"))
PLACES = {"country": "", "province": "18", "regency": "1811", "district": "181105"}


def _askers() -> Iterator[tuple[str, str, str]]:
    """Every role that may have a token, with all that it may carry, in each kind of area; then with
    one scope alone; then nobody."""
    for role in WHO.roles.values():
        if "tokens" in role.verbs:
            yield from ((role.code, PLACES[level], "") for level in role.levels)
            area = PLACES[role.levels[0]]
            yield from ((role.code, area, one) for one in SCOPES if one in role.verbs)
    yield ("", "", "")


ASKERS = list(_askers())
MOST_ASKED = ("operator_kabkota", "bps")
"""Roles that ask each question so often as ASKED says, with all that their tokens carry."""


def test_every_role_with_tokens_asks() -> None:
    roles = {role for role, _, _ in ASKERS}
    assert {"operator_kabkota", "dinas_provinsi", "bps", ""} <= roles
    assert len(ASKERS) > 10


@pytest.mark.slow
@pytest.mark.parametrize(("role", "area", "scope"), ASKERS)
def test_no_question_brings_an_error_of_ours_or_an_answer_that_is_not_described(
    web: Any, role: str, area: str, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.checks import positive_data_acceptance
    from schemathesis.specs.openapi.checks import ignored_auth

    from tangga.web.api import auth
    from tangga.web.api.limits import Limiter
    from tangga.web.wsgi import application

    monkeypatch.setattr(auth, "LIMITER", Limiter(most=10**9))
    carried = [scope] if scope else []
    headers = {"Authorization": f"Bearer {token(web, role, area, *carried)}"} if role else {}
    others = _of_others(web, area) if area else None
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=ASKED if role in MOST_ASKED and not scope else FEWER,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        def ask(case: Any) -> None:
            nonlocal asked
            # A cursor or an id that fits its pattern can still be nobody's. That the token is
            # asked for is seen once, by who has none.
            skipped = [positive_data_acceptance, *([ignored_auth] if scope else [])]
            answer = case.call_and_validate(headers=headers, excluded_checks=skipped)
            if not role and case.path not in OPEN_TO_ALL:
                assert answer.status_code in (401, 405), (case.path, answer.status_code)
            if others is not None:
                assert not others.on(answer.content.decode(), set())
            asked += 1

        ask()
    assert asked > 60


def _of_others(web: Any, area: str) -> Marks:
    """What only the other regency has."""
    there = "1771" if area[:2] == "18" else "1811"
    mine, theirs = Side(web.superuser_url, area), Side(web.superuser_url, there)
    return marks(theirs, mine)
