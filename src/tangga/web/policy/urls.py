"""The rules in words."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.policy import views

urlpatterns: list[URLPattern] = [
    path("kebijakan/", views.overview, name="policy"),
    path("kebijakan/program/<slug:programme>/", views.programme, name="policy_programme"),
    path("kebijakan/tangga/", views.ladder, name="policy_ladder"),
    path("kebijakan/pengaturan/", views.settings_page, name="policy_settings"),
    path("kebijakan/tanda/", views.signals, name="policy_signals"),
]
