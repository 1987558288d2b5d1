"""Addresses of the ladder: its lists, families, matters, groups, places, and what villages have."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.journeys.climb import group_views, place_views, views

urlpatterns: list[URLPattern] = [
    path("tangga/", views.home, name="climb"),
    path("tangga/kelompok/", group_views.groups, name="climb_groups"),
    path("tangga/kelompok/baru/", group_views.gather, name="climb_gather"),
    path("tangga/kelompok/<uuid:number>/", group_views.group, name="climb_group"),
    path(
        "tangga/kelompok/<uuid:number>/<slug:what>/", group_views.change, name="climb_group_change"
    ),
    path("tangga/potensi/", place_views.potentials, name="climb_potentials"),
    path(
        "tangga/potensi/<uuid:number>/hilang/", place_views.potential_gone, name="climb_potential"
    ),
    path("tangga/tempat/<uuid:number>/", place_views.place, name="climb_place"),
    path("tangga/keluarga/<str:family_id>/", views.family, name="climb_family"),
    path("tangga/keluarga/<str:family_id>/tempat/", place_views.propose, name="climb_place_new"),
    path(
        "tangga/keluarga/<str:family_id>/kelompok/",
        group_views.join_from_family,
        name="climb_join",
    ),
    path("tangga/keluarga/<str:family_id>/<slug:kind>/", views.begin, name="climb_begin"),
    path("tangga/langkah/<uuid:number>/", views.step, name="climb_step"),
    path("tangga/langkah/<uuid:number>/baris/", views.line, name="climb_line"),
    path("tangga/langkah/<uuid:number>/pulihkan/", views.undo, name="climb_undo"),
    path("tangga/<slug:slug>/", views.listed, name="climb_list"),
]
