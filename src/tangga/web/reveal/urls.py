"""Numbers in full."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.reveal import views

urlpatterns: list[URLPattern] = [
    path("orang/<slug:person_id>/nomor/", views.reveal, name="reveal"),
]
