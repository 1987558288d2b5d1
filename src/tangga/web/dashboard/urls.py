"""Pages of the areas: one's own, the country's, one of those in it."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.dashboard import views
from tangga.web.views import front

urlpatterns: list[URLPattern] = [
    path("", front, name="dashboard"),
    path("wilayah/", views.nation, name="nation"),
    path("wilayah/<str:code>/", views.area, name="area"),
]
