"""What all pages of what is planned have in common in the administration."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from meetings import links
from meetings.models import Answer, Attendee, Meeting, Occurrence, PersonalLink
from meetings.plans import invitations
from tests.meetings.administration import listing, page_of

MODELS = [Meeting, Attendee, Answer, PersonalLink, Occurrence]

RAW = ["Rrule", "Early", "Partstat", "Cohost", "Recurrence id", "Dead at", "Removed at", "Starts at", "[10"]


@pytest.fixture
def many(alice, plan):
    for n in range(20):
        meeting = invitations.schedule(
            alice, plan("\n".join(f"p{i}@example.org" for i in range(4)), title=f"M{n}")
        )
        for attendee in meeting.attendees.all():
            links.mint(attendee)
            invitations.respond(attendee, Attendee.PartStat.ACCEPTED)


@pytest.fixture
def one_of(standup, invited):
    """`one_of(Meeting)`: a row of that table."""

    def find(model):
        links.mint(invited("dave"))
        invitations.respond(invited("dave"), Attendee.PartStat.ACCEPTED)
        return model.objects.latest("pk")

    return find


def test_the_administration_has_the_colours_of_every_other_page(administrator):
    for page in reverse("admin:index"), listing(Meeting):
        page = administrator.get(page).content.decode()
        # The last sheet has the last word.
        assert re.findall(r'<link rel="stylesheet" href="[^"]*/(\w+)[.\w]*\.css"', page)[-1] == "admin"
        # Light or dark is the system's choice, as elsewhere.
        assert "theme" not in page


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_few_queries_however_long_it_is(
    administrator, many, model, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        assert administrator.get(listing(model)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("wanted", ["dave@far.example", "Autumn"])
def test_everything_is_found_by_person_and_by_title(
    administrator, alice, plan, standup, invited, model, wanted
):
    other = invitations.schedule(alice, plan("x@far.example", title="Other"))
    for attendee in (invited("dave"), other.attendees.get()):
        links.mint(attendee)
        invitations.respond(attendee, Attendee.PartStat.ACCEPTED)
    page = administrator.get(listing(model), {"q": wanted}).content.decode()
    assert "Autumn" in page
    assert "Other" not in page


def test_no_secret_is_shown(administrator, standup, invited):
    token = links.mint(invited("dave"))
    link = PersonalLink.objects.get()
    for url in (listing(PersonalLink), page_of(link), page_of(invited("dave")), page_of(standup)):
        page = administrator.get(url).content.decode()
        assert token not in page
        assert link.digest not in page


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_by_hand(administrator, model):
    assert admin.site.is_registered(model)
    assert administrator.get(reverse(f"admin:meetings_{model._meta.model_name}_add")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_by_hand(administrator, one_of, model):
    thing = one_of(model)
    delete = reverse(f"admin:meetings_{model._meta.model_name}_delete", args=[thing.pk])
    assert administrator.post(delete, {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"}
    administrator.post(listing(model), selected)
    assert model.objects.filter(pk=thing.pk).exists()


def test_the_administration_counts_hours_to_twenty_four(administrator, standup):
    page = administrator.get(listing(Meeting)).content.decode()
    assert "25 Nov 2030, 13:00" in page
    assert "p.m." not in page


@pytest.mark.parametrize("model", MODELS)
def test_lists_filters_and_pages_are_in_words(administrator, standup, one_of, model):
    standup.reminders = [10, 24 * 60]
    standup.save()
    one_of(PersonalLink)
    for url in (listing(model), page_of(model.objects.latest("pk"))):
        page = administrator.get(url).content.decode()
        said = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
        assert [word for word in (*RAW, "Empty", "Not empty") if word in said] == []
