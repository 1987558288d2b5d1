"""The pages of one family."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.family import views

urlpatterns: list[URLPattern] = [
    path("keluarga/<slug:family_id>/", views.family, name="family"),
    path("keluarga/<slug:family_id>/sumber/", views.sources, name="family_sources"),
    path("keluarga/<slug:family_id>/riwayat/", views.history, name="family_history"),
    path("keluarga/<slug:family_id>/lembar/", views.sheet, name="family_sheet"),
    path("orang/<slug:person_id>/", views.person, name="person"),
]
