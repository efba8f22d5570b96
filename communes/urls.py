"""Addresses of accounts and places."""

from django.urls import path

from communes import cluster_views, guide, registers, safety_views
from communes.accounts import factor_views, views
from communes.register.urls import common, urls_of

urlpatterns = [
    path("guide/", guide.guide_page, name="guide"),
    path("accounts/login/", views.SignIn.as_view(), name="login"),
    path("accounts/logout/", views.SignOut.as_view(), name="logout"),
    path("accounts/password/", views.PasswordChange.as_view(), name="password_change"),
    path("accounts/second-factor/", factor_views.overview, name="second_factor"),
    path("accounts/second-factor/prove/", factor_views.prove, name="second_factor_prove"),
    path("accounts/second-factor/enrol/", factor_views.enrol, name="second_factor_enrol"),
    path("accounts/second-factor/codes/", factor_views.renew, name="second_factor_codes"),
    path("accounts/second-factor/end/", factor_views.end, name="second_factor_end"),
    path("accounts/sessions/", views.sessions, name="sessions"),
    path("accounts/tokens/", views.tokens, name="tokens"),
    path("accounts/tokens/<slug:digest>/revoke/", views.revoke_token, name="token_revoke"),
    path("dashboard/clusters/", cluster_views.cluster_list, name="clusters"),
    path("dashboard/clusters/new/", cluster_views.cluster_new, name="cluster_new"),
    path("dashboard/clusters/propose/", cluster_views.cluster_propose, name="cluster_propose"),
    path("dashboard/clusters/<int:pk>/", cluster_views.cluster_edit, name="cluster_edit"),
    path("dashboard/clusters/<int:pk>/delete/", cluster_views.cluster_delete, name="cluster_delete"),
    *common,
    path("register/safety/year/", safety_views.year, name="register_safety_year"),
    *(
        address
        for register in (registers.HAMLETS, registers.INSTITUTIONS, registers.SAFETY, registers.PRIORITY)
        for address in urls_of(register)
    ),
]
