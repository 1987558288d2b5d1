"""Every page of the service; each app names its own."""

from __future__ import annotations

from django.urls import include, path

from tangga.web import views

urlpatterns = [
    path("sehat", views.health, name="health"),
    path("bahasa/", views.language, name="language"),
    path("", include("tangga.web.accounts.urls")),
    path("", include("tangga.web.audit.urls")),
    path("", include("tangga.web.reveal.urls")),
    path("", include("tangga.web.dashboard.urls")),
    path("", include("tangga.web.search.urls")),
    path("", include("tangga.web.lists.urls")),
    path("", include("tangga.web.family.urls")),
    path("", include("tangga.web.policy.urls")),
    path("", include("tangga.web.register.urls")),
    path("", include("tangga.web.intake.urls")),
    path("", include("tangga.web.work.urls")),
    path("", include("tangga.web.overlay.urls")),
    path("", include("tangga.web.corrections.urls")),
    path("", include("tangga.web.duplicates.urls")),
    path("", include("tangga.web.journeys.visits.urls")),
    path("", include("tangga.web.journeys.care.urls")),
    path("", include("tangga.web.journeys.climb.urls")),
    path("", include("tangga.web.programmes.urls")),
    path("", include("tangga.web.papers.urls")),
    path("", include("tangga.web.privacy.urls")),
    path("", include("tangga.web.counter.urls")),
    path("", include("tangga.web.appeals.urls")),
    path("", include("tangga.web.public.urls")),
    path("", include("tangga.web.plans.urls")),
    path("", include("tangga.web.api.page_urls")),
    path("api/v1/", include("tangga.web.api.urls")),
]

handler400 = "tangga.web.errors.bad_request"
handler403 = "tangga.web.errors.forbidden"
handler404 = "tangga.web.errors.not_found"
handler429 = "tangga.web.errors.too_many"
handler500 = "tangga.web.errors.server_error"
