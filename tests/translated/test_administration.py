"""An English sentence that is left in the administration fails; Django's own come from its catalogs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from language import pseudo
from language.catalogs import APPS
from meetings import links
from meetings.letters import announcements
from meetings.models import CalendarFeed, Meeting, PersonalLink
from meetings.plans import personal, subscriptions
from outbox import delivery
from outbox.models import KINDS, Letter
from rooms.models import (
    Call,
    ConnectionChange,
    HostAction,
    JoinRequest,
    Participant,
    Removal,
    Room,
    ServerProcess,
)
from rooms.roster.rules import COLUMNS
from tests.untranslated import english, said

# What people and things are called, in every language.
NAMES = (
    *("Roundtable", "Alice", "Bob", "Carol", "Dave"),
    *("docs/deployment.md", "Answers and bounces"),
    # Signs of Django's, whose description is English in every language, and a model of allauth's.
    *(
        "Search",
        "True",
        "False",
        "None",
        "MFA",
        "Authenticator",
        "authenticator",
        "authenticators",
        "Authenticators",
    ),
)
# In a machine's spelling: the key of a letter, what a calendar knows a meeting by, a rule.
SPELT = re.compile(r"\b[a-z-]+(?::\d+)+\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bFREQ=\S+")
# Kept in the database in English (auth.Permission.name).
STORED = re.compile(r"\| Can \w+ .+$")
# Else it is read with the first page.
admin.autodiscover()
REGISTERED = [
    model for model, page in admin.site._registry.items() if type(page).__module__.split(".")[0] in APPS
]


@pytest.fixture
def desk(reading, person):
    """An administrator, reading in the pseudo-language."""
    olga = person("Ōļğà")
    olga.email, olga.is_staff, olga.is_superuser = "1@example.org", True, True
    olga.save()
    return reading(pseudo.ACCENTED, olga)


@pytest.fixture
def filled(series, alice, bob):
    """Something of everything that the administration shows."""
    dave = series.attendees.get(email="dave@far.example")
    links.mint(dave)
    subscriptions.renew(alice)
    announcements.write(series, "Ñéŵš", "…", "all")
    with translation.override(pseudo.ACCENTED):
        personal.open_room(alice, "UTC")

    Authenticator.objects.create(user=bob, type=Authenticator.Type.TOTP, data={"secret": "1"})
    Group.objects.create(name="Ģŕöûþ")
    EmailAddress.objects.create(user=bob, email="2@example.org", verified=False)
    Letter.objects.update(error="550", attempts=9)
    server = ServerProcess.objects.create(id="1" * 22, channel="1!1", host="1")
    room = Room.objects.create(meeting=series)
    call = Call.objects.create(room=room, ended_at=timezone.now() + timedelta(minutes=5))
    facts = {"call": call, "arrival": 1, "token_digest": "1", "server": server}
    first, second = (
        Participant.objects.create(id=f"{n}" * 22, person="1", name="Ñ", seat=n, **facts) for n in (1, 2)
    )
    for condition in ConnectionChange.Condition.values:
        ConnectionChange.objects.create(call=call, participant=first, other=second, condition=condition)
    JoinRequest.objects.create(id="3" * 22, room=room, person="1", name="Ñ", standing="guest", call=call)
    Removal.objects.create(room=room, person="1", name="Ñ", removed_by="Ñ")
    every_rule = [f"{rule} {value}" for rule in COLUMNS for value in ("on", "off")]
    details = {
        "rename": ["Ñ"],
        "set-role": ["host", "participant"],
        "set-rules": [", ".join(every_rule)],
        "set-lobby": ["on", "off"],
        "end": ["on", "off"],
    }
    for number, action in enumerate(HostAction.Action):
        target = "Ñ\nÑ" if number % 2 else ""
        for detail in details.get(action, [""]):
            HostAction.objects.create(call=call, host="Ñ", action=action, target=target, detail=detail)
    return series


def left(response) -> list[str]:
    assert response.status_code == 200
    texts = [STORED.sub("", SPELT.sub("", text)) for text in said(response.content.decode())]
    return english(texts, NAMES)


def page_of(model, name: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def test_nothing_english_is_left_where_it_begins(desk, filled):
    assert left(desk.get("/admin/")) == []
    for app in ("accounts", "meetings", "outbox", "rooms"):
        assert left(desk.get(f"/admin/{app}/")) == []


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_nothing_english_is_left_in_a_list_and_what_it_leads_to(desk, filled, model):
    assert left(desk.get(page_of(model, "changelist"))) == []
    for thing in model.objects.all()[:3]:
        assert left(desk.get(page_of(model, "change", thing.pk))) == []
        assert left(desk.get(page_of(model, "history", thing.pk))) == []
    if admin.site._registry[model].has_add_permission(desk.get("/admin/").wsgi_request):
        assert left(desk.get(page_of(model, "add"))) == []
        assert left(desk.post(page_of(model, "add"), {})) == []


@pytest.mark.parametrize(
    ("model", "action"),
    [
        (Meeting, "cancel"),
        (PersonalLink, "revoke"),
        (CalendarFeed, "give_up"),
        (Letter, "try_again"),
        (Letter, "give_up"),
        (Authenticator, "delete_selected"),
        (Group, "delete_selected"),
    ],
)
def test_nothing_english_is_left_between_an_action_and_its_doing(desk, filled, model, action):
    chosen = {"action": action, "_selected_action": [thing.pk for thing in model.objects.all()[:2]]}
    if action == "try_again":
        Letter.objects.update(dead_at=timezone.now())
    assert left(desk.post(page_of(model, "changelist"), chosen)) == []
    done = desk.post(page_of(model, "changelist"), {**chosen, "confirmed": "yes", "post": "yes"}, follow=True)
    assert left(done) == []


def test_nothing_english_is_left_before_an_account_is_deleted_or_switched_off(
    desk, filled, alice, bob, carol
):
    for user in (alice, bob, carol):
        assert left(desk.get(page_of(User, "delete", user.pk), follow=True)) == []
    shown = {"email": bob.email, "name": "Ñ", "time_zone": "", "week_starts": "0"}
    assert left(desk.post(page_of(User, "change", bob.pk), shown)) == []
    chosen = {"action": "delete_selected", "_selected_action": [carol.pk]}
    assert left(desk.post(page_of(User, "changelist"), chosen)) == []


def test_nothing_english_is_left_before_a_second_way_in_is_taken_away(desk, filled):
    for model in (Authenticator, EmailAddress):
        assert left(desk.get(page_of(model, "delete", model.objects.last().pk))) == []


def test_nothing_english_is_left_before_an_address_is_confirmed(desk, filled):
    chosen = {"action": "make_verified", "_selected_action": [EmailAddress.objects.get(verified=False).pk]}
    assert left(desk.post(page_of(EmailAddress, "changelist"), chosen)) == []


def test_every_kind_of_letter_has_a_name():
    assert set(delivery._kinds) - set(KINDS) == set()
