"""Logging in, one's own account, and the administrator's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.accounts import login, views

urlpatterns: list[URLPattern] = [
    path("masuk/", login.log_in, name="login"),
    path("keluar/", login.log_out, name="logout"),
    path("saya/", views.me, name="me"),
    path("saya/jabatan/", views.choose_post, name="choose_post"),
    path("saya/sesi/", views.sessions, name="sessions"),
    path("akun/", views.accounts, name="accounts"),
    path("akun/baru/", views.new_account, name="new_account"),
    path("akun/<int:user_id>/", views.account, name="account"),
    # Names by which django-allauth finds its own pages.
    path("masuk/", login.log_in, name="account_login"),
    path("keluar/", login.log_out, name="account_logout"),
    path("masuk/kode/", login.give_code, name="mfa_authenticate"),
    path("saya/", views.me, name="mfa_index"),
    path("saya/sandi/", login.change_password, name="account_change_password"),
    path("saya/pastikan/", login.confirm, name="account_reauthenticate"),
    path("saya/pastikan/kode/", login.confirm_code, name="mfa_reauthenticate"),
    path("saya/kode/", login.set_up, name="mfa_activate_totp"),
    path("saya/cadangan/", login.recovery_codes, name="mfa_view_recovery_codes"),
    path("saya/cadangan/baru/", login.new_recovery_codes, name="mfa_generate_recovery_codes"),
]
