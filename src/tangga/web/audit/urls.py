"""The trail."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.audit import views

urlpatterns: list[URLPattern] = [path("audit/", views.audit, name="audit")]
