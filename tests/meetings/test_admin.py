from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings import links
from meetings.calendar.recurrence import Rule
from meetings.letters import announcements
from meetings.models import PART_LETTER, Attendee, CalendarFeed, Meeting, Occurrence, PersonalLink
from meetings.plans import invitations, personal, subscriptions
from outbox import delivery
from outbox.models import Letter
from tests.meetings.administration import act, listing

MODELS = [Meeting, Attendee, PersonalLink, Occurrence]


def page_of(thing) -> str:
    return reverse(f"admin:meetings_{thing._meta.model_name}_change", args=[thing.pk])


@pytest.fixture
def many(alice, plan):
    for n in range(20):
        meeting = invitations.schedule(
            alice, plan("\n".join(f"p{i}@example.org" for i in range(4)), title=f"M{n}")
        )
        for attendee in meeting.attendees.all():
            links.mint(attendee)


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


def test_a_meeting_with_many_attendees_takes_few_queries(
    administrator, alice, plan, django_assert_max_num_queries
):
    meeting = invitations.schedule(alice, plan("\n".join(f"p{i}@example.org" for i in range(40))))
    with django_assert_max_num_queries(16):
        page = administrator.get(page_of(meeting)).content.decode()
    assert "p39@example.org" in page


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("wanted", ["dave@far.example", "Autumn"])
def test_everything_is_found_by_person_and_by_title(
    administrator, alice, plan, standup, invited, model, wanted
):
    links.mint(invited("dave"))
    other = invitations.schedule(alice, plan("x@far.example", title="Other"))
    links.mint(other.attendees.get())
    page = administrator.get(listing(model), {"q": wanted}).content.decode()
    assert "Autumn" in page
    assert "Other" not in page


def test_a_meeting_is_found_by_its_code(administrator, standup):
    assert "Autumn" in administrator.get(listing(Meeting), {"q": standup.code}).content.decode()


@pytest.mark.parametrize(("state", "found"), [("coming", True), ("over", False), ("cancelled", False)])
def test_meetings_are_told_apart_by_state(administrator, standup, state, found):
    assert ("Autumn" in administrator.get(listing(Meeting), {"state": state}).content.decode()) is found


def test_attendees_are_counted(administrator, standup, invited):
    invitations.respond(invited("bob"), Attendee.PartStat.ACCEPTED)
    page = administrator.get(listing(Meeting)).content.decode()
    assert '<td class="field-attendees_">2</td>' in page
    assert '<td class="field-yes">1</td>' in page


def test_no_secret_is_shown(administrator, standup, invited):
    token = links.mint(invited("dave"))
    link = PersonalLink.objects.get()
    for url in (listing(PersonalLink), page_of(link), page_of(invited("dave")), page_of(standup)):
        page = administrator.get(url).content.decode()
        assert token not in page
        assert link.digest not in page


def test_links_can_be_revoked(administrator, standup, invited):
    token = links.mint(invited("dave"))
    act(administrator, PersonalLink, "revoke", [PersonalLink.objects.get()])
    with pytest.raises(links.RevokedLink):
        links.find(token)


@pytest.fixture
def one_of(standup, invited):
    """`one_of(Meeting)`: a row of that table."""

    def find(model):
        links.mint(invited("dave"))
        return model.objects.latest("pk")

    return find


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_by_hand(administrator, one_of, model):
    thing = one_of(model)
    delete = reverse(f"admin:meetings_{model._meta.model_name}_delete", args=[thing.pk])
    assert administrator.post(delete, {"post": "yes"}).status_code == 403
    selected = {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"}
    administrator.post(listing(model), selected)
    assert model.objects.filter(pk=thing.pk).exists()


def test_an_account_stays_until_its_coming_meetings_are_cancelled(administrator, alice, standup):
    delete = reverse("admin:accounts_user_delete", args=[alice.pk])
    page = administrator.post(delete, {"post": "yes"}).content.decode()
    assert "still to come has to be cancelled first" in page
    assert "Autumn timetable" in page
    assert Meeting.objects.filter(organizer=alice).exists()
    delivery.deliver_due("test")
    invitations.cancel(standup)
    # A letter is written from the meeting: without it, nobody would hear of the end.
    assert "letters about it sent" in administrator.post(delete, {"post": "yes"}).content.decode()
    delivery.deliver_due("test")
    administrator.post(delete, {"post": "yes"})
    assert not Meeting.objects.exists()


def test_an_account_stays_until_every_part_of_a_series_is_told_of_its_end(administrator, alice, plan, soon):
    people = "dave@far.example"
    meeting = invitations.schedule(alice, plan(people, starts_at=soon, rrule=str(Rule("DAILY", count=4))))
    third = meeting.occurrences.all()[2]
    rest = plan(people, starts_at=third.starts_at + timedelta(hours=1), rrule=str(Rule("DAILY", count=2)))
    invitations.change(meeting, rest, since=third)
    delivery.deliver_due("test")
    invitations.cancel(meeting)
    Letter.objects.filter(sent_at=None).exclude(kind="part").update(sent_at=timezone.now())
    delete = reverse("admin:accounts_user_delete", args=[alice.pk])
    assert "letters about it sent" in administrator.post(delete, {"post": "yes"}).content.decode()
    delivery.deliver_due("test")
    administrator.post(delete, {"post": "yes"})
    assert not Meeting.objects.exists()


def test_who_is_deleted_waits_for_no_letters_about_other_peoples_series(alice, plan):
    invitations.schedule(alice, plan("dave@far.example", starts_at=timezone.now() - timedelta(days=1)))
    dave = Attendee.objects.get(email="dave@far.example")
    Letter.objects.bulk_create(
        Letter(
            key=f"part:{n}", kind=PART_LETTER, recipient=f"{n}@far.example", payload={"attendee": dave.pk + n}
        )
        for n in range(1, 100)
    )
    loaded = []

    def note(instance: Letter, **kwargs: object) -> None:
        loaded.append(instance.kind)

    post_init.connect(note, sender=Letter)
    try:
        with CaptureQueriesContext(connection) as queries:
            alice.delete()
    finally:
        post_init.disconnect(note, sender=Letter)
    assert PART_LETTER not in loaded
    [asked] = [query["sql"] for query in queries if f"'{PART_LETTER}'" in query["sql"]]
    assert "recipient" in asked.partition(" WHERE ")[2]
    assert not Meeting.objects.exists()


def test_an_account_stays_until_everybody_is_told_that_a_date_is_off(administrator, alice, plan, soon):
    meeting = invitations.schedule(
        alice, plan("dave@far.example", starts_at=soon, rrule=str(Rule("DAILY", count=2)))
    )
    delivery.deliver_due("test")
    invitations.cancel_occurrence(meeting.occurrences.all()[1])
    # The others are over by now, and this one was brought forward before it was called off.
    over = timezone.now() - timedelta(hours=1)
    meeting.occurrences.update(starts_at=over - meeting.duration, ends_at=over)
    meeting.note_end()
    delete = reverse("admin:accounts_user_delete", args=[alice.pk])
    assert "letters about it sent" in administrator.post(delete, {"post": "yes"}).content.decode()
    assert Meeting.objects.exists()
    delivery.deliver_due("test")
    administrator.post(delete, {"post": "yes"})
    assert not Meeting.objects.exists()


def test_an_account_takes_its_past_meetings_along(administrator, alice, plan):
    invitations.schedule(alice, plan("dave@far.example", starts_at=timezone.now() - timedelta(days=1)))
    administrator.post(reverse("admin:accounts_user_delete", args=[alice.pk]), {"post": "yes"})
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_by_hand(administrator, model):
    assert admin.site.is_registered(model)
    assert administrator.get(reverse(f"admin:meetings_{model._meta.model_name}_add")).status_code == 403


def test_a_series_is_listed_with_its_rule_and_leads_to_its_dates(administrator, alice, plan):
    series = invitations.schedule(alice, plan(rrule="FREQ=WEEKLY;COUNT=5"))
    invitations.schedule(alice, plan(title="Another one"))
    assert "every Monday, five times" in administrator.get(listing(Meeting)).content.decode()
    dates = f"{listing(Occurrence)}?meeting__id__exact={series.pk}"
    assert dates in administrator.get(page_of(series)).content.decode()
    found = administrator.get(dates)
    assert found.context["cl"].result_count == 5


@pytest.mark.parametrize(("state", "count"), [("coming", 3), ("cancelled", 2), ("over", 0), ("", 5)])
def test_dates_are_found_by_their_state(administrator, alice, plan, state, count):
    series = invitations.schedule(alice, plan(rrule="FREQ=WEEKLY;COUNT=5"))
    for occurrence in series.occurrences.all()[:2]:
        occurrence.cancelled_at = timezone.now()
        occurrence.save()
    found = administrator.get(listing(Occurrence), {"state": state} if state else {})
    assert found.context["cl"].result_count == count


def test_a_calendar_address_that_was_passed_on_is_given_up(administrator, bob):
    secret = subscriptions.renew(bob)
    assert bob.email in administrator.get(listing(CalendarFeed)).content.decode()
    act(administrator, CalendarFeed, "give_up", [CalendarFeed.objects.get()])
    with pytest.raises(subscriptions.UnknownFeed):
        subscriptions.find(secret)


def test_the_administration_counts_hours_to_twenty_four(administrator, standup):
    page = administrator.get(listing(Meeting)).content.decode()
    assert "25 Nov 2030, 13:00" in page
    assert "p.m." not in page


def test_words_to_attendees_and_letters_a_day_are_counted_and_not_read(administrator, standup):
    announcements.write(standup, "Bring your plans", "Between us: on paper.", "all")
    page = administrator.get("/admin/meetings/announcement/").content.decode()
    assert "Bring your plans" in page
    word = standup.announcements.get()
    assert (
        "Between us"
        not in administrator.get(f"/admin/meetings/announcement/{word.pk}/change/").content.decode()
    )
    page = administrator.get("/admin/meetings/letterquota/").content.decode()
    assert re.search(r'field-letters[^>]*">4<', page)


# -- in words -----------------------------------------------------------------------------------

RAW = ["Rrule", "Early", "Partstat", "Cohost", "Recurrence id", "Dead at", "Removed at", "Starts at", "[10"]


@pytest.mark.parametrize("model", MODELS)
def test_lists_filters_and_pages_are_in_words(administrator, standup, one_of, model):
    standup.reminders = [10, 24 * 60]
    standup.save()
    one_of(PersonalLink)
    for url in (listing(model), page_of(model.objects.latest("pk"))):
        page = administrator.get(url).content.decode()
        said = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
        assert [word for word in (*RAW, "Empty", "Not empty") if word in said] == []


def test_the_page_of_a_meeting_says_how_it_stands(administrator, standup):
    standup.early, standup.reminders = timedelta(minutes=10), [10, 24 * 60]
    standup.save()
    page = administrator.get(page_of(standup)).content.decode()
    for said in (
        "45 minutes",
        "10 minutes before the start",
        "10 minutes and 1 day before the start",
        "coming",
    ):
        assert f">{said}<" in page


def test_the_page_of_an_attendee_says_when_they_are_reminded(administrator, standup, invited):
    dave = invited("dave")
    dave.reminders = [60]
    dave.save()
    page = administrator.get(page_of(dave)).content.decode()
    assert "1 hour before the start, by their own choice" in page


@pytest.mark.parametrize(
    ("kind", "found"), [("once", 1), ("series", 1), ("instant", 1), ("room", 1), ("", 4)]
)
def test_meetings_are_found_by_their_kind(administrator, alice, plan, standup, kind, found):
    invitations.schedule(alice, plan(rrule="FREQ=WEEKLY;COUNT=5"))
    invitations.meet_now(alice, "Europe/Berlin")
    personal.open_room(alice, "Europe/Berlin")
    listed = administrator.get(listing(Meeting), {"kind": kind} if kind else {})
    assert listed.context["cl"].result_count == found


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"sent_at": timezone.now()}, "sent"),
        ({"dead_at": timezone.now()}, "back"),
        ({"sent_at": timezone.now(), "bounced_at": timezone.now()}, "back"),
        ({}, "waiting"),
    ],
)
def test_attendees_are_found_by_what_became_of_their_letter(administrator, invited, facts, found):
    Letter.objects.filter(pk=invited("dave").letter_id).update(**facts)
    Letter.objects.exclude(pk=invited("dave").letter_id).update(is_moot=True)
    for state in ("sent", "waiting", "back"):
        listed = administrator.get(listing(Attendee), {"letter": state})
        assert listed.context["cl"].result_count == (state == found)


def test_links_are_found_by_whether_they_still_work(administrator, standup, invited):
    links.mint(invited("dave"))
    links.mint(invited("bob"))
    links.revoke(invited("bob"))
    for revoked in ("yes", "no"):
        assert administrator.get(listing(PersonalLink), {"revoked": revoked}).context["cl"].result_count == 1
    assert administrator.get(listing(PersonalLink), {"used": "yes"}).context["cl"].result_count == 0
