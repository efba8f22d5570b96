"""Addresses of accounts and places."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from communes import views

urlpatterns = [
    path("accounts/login/", views.SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/password/", views.PasswordChange.as_view(), name="password_change"),
    path("accounts/tokens/", views.tokens, name="tokens"),
    path("accounts/tokens/<slug:digest>/revoke/", views.revoke_token, name="token_revoke"),
    *views.HAMLETS.urls(),
    *views.INSTITUTIONS.urls(),
    *views.SAFETY.urls(),
]
