"""Your own page, and the first administrator's."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import first_administrator
from accounts.forms import FirstAdministratorForm, SettingsForm
from accounts.models import User
from accounts.zones import cookie_zone


@login_required
def edit_settings(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # noqa: S101  (tells the type checker what login_required ensures)
    form = SettingsForm(request.POST or None, instance=user, here=cookie_zone(request))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("account:settings")
    return render(request, "account/settings.html", {"form": form})


@never_cache
def make_first_administrator(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link that `up` prints; it is gone once there is an administrator."""
    if not first_administrator.is_right(token):
        return _lead_on(request)
    # Whoever has made an account already keeps it; the others make theirs here.
    form = None if request.user.is_authenticated else FirstAdministratorForm(request.POST or None)
    try:
        if isinstance(request.user, User) and request.method == "POST":
            first_administrator.appoint(token, request.user)
        elif form and form.is_valid():
            get_adapter().login(request, first_administrator.make(token, **form.cleaned_data))
        else:
            return render(request, "account/first_administrator.html", {"form": form})
    except first_administrator.Taken:
        return _lead_on(request)
    messages.success(
        request, _("You are the administrator. Administration is in the menu behind your initials.")
    )
    return redirect("/")


def _lead_on(request: HttpRequest) -> HttpResponse:
    """A link that has been used, was replaced, or never was."""
    return render(
        request, "account/first_over.html", {"is_needed": first_administrator.is_needed()}, status=404
    )
