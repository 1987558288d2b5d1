"""The API does what its description says, and no more: asked by Schemathesis."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from api_tokens import token

ROOT = Path(__file__).parents[2]
ASKED = 25
"""Questions of each kind to each operation."""


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


@pytest.mark.slow
@pytest.mark.parametrize(("role", "area"), [("operator_kabkota", "1811"), ("bps", "18")])
def test_no_question_brings_an_error_of_ours_or_an_answer_that_is_not_described(
    web: Any, role: str, area: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.checks import positive_data_acceptance

    from tangga.web.api import auth
    from tangga.web.api.limits import Limiter
    from tangga.web.wsgi import application

    monkeypatch.setattr(auth, "LIMITER", Limiter(most=10**9))
    headers = {"Authorization": f"Bearer {token(web, role, area)}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=ASKED,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        def ask(case: Any) -> None:
            nonlocal asked
            # A cursor or an id that fits its pattern can still be nobody's.
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
            asked += 1

        ask()
    assert asked > 100
