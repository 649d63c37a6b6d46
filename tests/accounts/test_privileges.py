"""What staff without every privilege may not do to those who have it, nor to themselves."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(person) -> User:
    """The superuser."""
    root = person("Root")
    root.is_staff = root.is_superuser = True
    root.save()
    return root


@pytest.fixture
def clerk(person) -> User:
    """On the staff, with every permission there is about accounts, and no superuser."""
    clerk = person("Clerk")
    clerk.is_staff = True
    clerk.save()
    clerk.user_permissions.set(
        Permission.objects.filter(content_type__app_label__in=["accounts", "account", "mfa", "auth"])
    )
    return clerk


@pytest.fixture
def at_desk(client, clerk):
    client.force_login(clerk)
    return client


def fields_of(user: User, **changes: object) -> dict[str, object]:
    shown = {"email": user.email, "name": user.name, "time_zone": "", "week_starts": "0", "is_active": "on"}
    return {**shown, **changes}


EVERYTHING = {"is_staff": "on", "is_superuser": "on"}


def change(client, user: User, **changes: object):
    return client.post(f"/admin/accounts/user/{user.pk}/change/", fields_of(user, **changes))


def test_staff_cannot_make_itself_or_others_superuser(at_desk, clerk, bob):
    group = Group.objects.create(name="all")
    codes = list(Permission.objects.values_list("pk", flat=True))
    for user in (clerk, bob):
        change(at_desk, user, **EVERYTHING, groups=[group.pk], user_permissions=codes)
        before = (user.is_staff, user.user_permissions.count())
        user.refresh_from_db()
        assert (user.is_superuser, user.groups.count()) == (False, 0)
        assert (user.is_staff, user.user_permissions.count()) == before


def test_staff_looks_after_ordinary_accounts(at_desk, bob):
    assert change(at_desk, bob, name="Robert").status_code == 302
    bob.refresh_from_db()
    assert bob.name == "Robert"
    words = {"password1": "twelve angry boats", "password2": "twelve angry boats", "usable_password": "true"}
    assert at_desk.post(f"/admin/accounts/user/{bob.pk}/password/", words).status_code == 302
    assert at_desk.post(f"/admin/accounts/user/{bob.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize("whose", ["root", "colleague", "member", "permitted"])
def test_staff_cannot_touch_an_account_that_has_powers(at_desk, root, person, whose):
    colleague = person("Colleague")
    colleague.is_staff = whose == "colleague"
    colleague.save()
    if whose == "member":
        colleague.groups.add(Group.objects.create(name="all"))
    if whose == "permitted":
        colleague.user_permissions.add(Permission.objects.all()[0])
    other = root if whose == "root" else colleague
    before = User.objects.values().get(pk=other.pk)
    page = f"/admin/accounts/user/{other.pk}/"
    words = {"password1": "twelve angry boats", "password2": "twelve angry boats", "usable_password": "true"}
    assert change(at_desk, other, email="mine@example.org").status_code == 403
    assert at_desk.post(f"{page}password/", words).status_code == 403
    assert at_desk.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    assert at_desk.post("/admin/accounts/user/", chosen).status_code == 403
    assert User.objects.values().get(pk=other.pk) == before


def test_staff_cannot_get_into_a_superusers_account_by_an_address_of_their_own(at_desk, clerk, root):
    mine = {"user": root.pk, "email": "mine@example.org", "verified": "on"}
    page = at_desk.post("/admin/account/emailaddress/add/", mine)
    assert page.status_code == 200, "the form, with its error"
    own = EmailAddress.objects.get(user=clerk)
    at_desk.post(f"/admin/account/emailaddress/{own.pk}/change/", {**mine, "email": own.email})
    theirs = EmailAddress.objects.get(user=root)
    assert at_desk.post(f"/admin/account/emailaddress/{theirs.pk}/change/", mine).status_code == 403
    assert (
        at_desk.post(f"/admin/account/emailaddress/{theirs.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    assert [row.email for row in EmailAddress.objects.filter(user=root)] == ["root@example.org"]


def test_staff_cannot_confirm_an_address_of_a_superuser(at_desk, root, bob):
    EmailAddress.objects.update(verified=False)
    rows = list(EmailAddress.objects.filter(user__in=[root, bob]).values_list("pk", flat=True))
    chosen = {"action": "make_verified", "_selected_action": rows}
    at_desk.post("/admin/account/emailaddress/", {**chosen, "confirmed": "yes"})
    assert [row.user for row in EmailAddress.objects.filter(verified=True)] == [bob]


def test_staff_cannot_take_a_superusers_second_factor_away(at_desk, root):
    app = Authenticator.objects.create(user=root, type="totp", data={"secret": "K7MPQ2"})
    assert at_desk.post(f"/admin/mfa/authenticator/{app.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [app.pk], "post": "yes"}
    assert at_desk.post("/admin/mfa/authenticator/", chosen).status_code == 403
    assert Authenticator.objects.exists()


def test_staff_cannot_add_powers_to_a_group(at_desk):
    group = Group.objects.create(name="desk")
    everything = list(Permission.objects.values_list("pk", flat=True))
    asked = {"name": "desk", "permissions": everything}
    assert at_desk.post(f"/admin/auth/group/{group.pk}/change/", asked).status_code == 403
    assert at_desk.post("/admin/auth/group/add/", {**asked, "name": "new"}).status_code == 403
    assert at_desk.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}).status_code == 403
    assert [found.permissions.count() for found in Group.objects.all()] == [0]


def test_a_superuser_does_all_of_it(client, root, bob):
    client.force_login(root)
    group = Group.objects.create(name="desk")
    assert change(client, bob, **EVERYTHING, groups=[group.pk]).status_code == 302
    bob.refresh_from_db()
    assert (bob.is_staff, bob.is_superuser, list(bob.groups.all())) == (True, True, [group])
    mine = {"user": bob.pk, "email": "other@example.org", "verified": "on", "confirmed": "yes"}
    assert client.post("/admin/account/emailaddress/add/", mine).status_code == 302
    assert client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "all"}).status_code == 302
    assert client.post(f"/admin/accounts/user/{bob.pk}/delete/", {"post": "yes"}).status_code == 302
