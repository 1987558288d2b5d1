"""Pages of the areas: one's own, the country's, one of those in it."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.dashboard import views

urlpatterns: list[URLPattern] = [
    path("", views.dashboard, name="dashboard"),
    path("wilayah/", views.nation, name="nation"),
    path("wilayah/<str:code>/", views.area, name="area"),
]
