"""The page of the search."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.search import views

urlpatterns: list[URLPattern] = [path("cari/", views.search, name="search")]
