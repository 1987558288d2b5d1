"""The barest view that Django has, to compare with: no middleware, no database, no template."""

from __future__ import annotations

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    """Two letters."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("", bare)]
if not settings.configured:
    settings.configure(
        SECRET_KEY="bench-" + "x" * 40,  # pragma: allowlist secret
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
    )
    django.setup()
application = get_wsgi_application()
