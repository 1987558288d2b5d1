"""Addresses of possible doubles."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.duplicates import views

urlpatterns: list[URLPattern] = [
    path("kembar/", views.queue, name="doubles"),
    path("kembar/putusan/", views.ruled, name="doubles_ruled"),
    path("kembar/putusan/<int:number>/tarik/", views.take_back, name="double_take_back"),
    path("kembar/<str:key>/", views.pair, name="double"),
]
