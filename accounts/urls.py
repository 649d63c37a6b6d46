from allauth.account import views as allauth
from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.urls.resolvers import URLPattern

from accounts import views

app_name = "account"
urlpatterns = [
    path("settings/", views.edit_settings, name="settings"),
    path("first/<str:token>/", views.make_first_administrator, name="first"),
]

# allauth asks “is it you?” for most of what these two do, and not for all of it (to confirm an address is to
# be able to sign in by it). In its place, so without a namespace.
asking_first: list[URLPattern] = [
    path(
        "email/",
        login_required(reauthentication_required(allow_get=True, app="allauth.account")(allauth.email)),
        name="account_email",
    ),
    path(
        "password/set/",
        login_required(reauthentication_required(app="allauth.account")(allauth.password_set)),
        name="account_set_password",
    ),
]
