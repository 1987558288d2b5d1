"""Pages of privacy."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.privacy import views

urlpatterns: list[URLPattern] = [
    path("data-pribadi/", views.privacy, name="privacy"),
    path("data-pribadi/siapa/", views.saw, name="whose_data"),
    path("data-pribadi/orang/<slug:person_id>/", views.subject, name="subject"),
    path("data-pribadi/orang/<slug:person_id>/kasus/", views.subject_case, name="subject_case"),
    path("data-pribadi/orang/<slug:person_id>/tahan/", views.hold_on, name="hold_on"),
    path(
        "data-pribadi/orang/<slug:person_id>/tahan/<uuid:number>/lepas/",
        views.hold_off,
        name="hold_off",
    ),
]
