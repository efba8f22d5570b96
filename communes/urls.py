"""Addresses of accounts and places."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from communes import registers, safety_views, views
from communes.register.urls import common, urls_of

urlpatterns = [
    path("accounts/login/", views.SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/password/", views.PasswordChange.as_view(), name="password_change"),
    path("accounts/tokens/", views.tokens, name="tokens"),
    path("accounts/tokens/<slug:digest>/revoke/", views.revoke_token, name="token_revoke"),
    *common,
    path("register/safety/year/", safety_views.year, name="register_safety_year"),
    *(
        address
        for register in (registers.HAMLETS, registers.INSTITUTIONS, registers.SAFETY, registers.PRIORITY)
        for address in urls_of(register)
    ),
]
