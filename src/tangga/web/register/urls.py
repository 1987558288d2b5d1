"""Pages on releases."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.register import views

urlpatterns: list[URLPattern] = [
    path("rilis/", views.releases, name="releases"),
    path("rilis/kembali/", views.rollback, name="rollback"),
    path("rilis/<int:number>/", views.release, name="release"),
    path("rilis/<int:number>/perubahan/", views.release_changes, name="release_changes"),
    path("rilis/<int:number>/setujui/", views.approve, name="approve_release"),
]
