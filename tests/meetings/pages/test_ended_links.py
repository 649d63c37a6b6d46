"""What a personal link that leads nowhere says: why, and what to do next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.letters import reminders
from meetings.models import Attendee, Meeting, PersonalLink
from meetings.plans import invitations
from outbox import delivery
from outbox.models import Letter
from tests.meetings.administration import act
from tests.meetings.letterbox import secret_of

LATER = timedelta(minutes=10)


@pytest.fixture
def token(standup, invited, open_letter) -> str:
    """Of the link in Dave's invitation, which he has got."""
    return secret_of(open_letter(invited("dave")))


def page(client, token: str, *, status: int = 410) -> str:
    response = client.get(reverse("meetings:link", args=[token]))
    assert response.status_code == status
    return response.content.decode()


def let_days_pass(meeting: Meeting, days: int) -> None:
    """The meeting is over for so many days."""
    ends_at = timezone.now() - timedelta(days=days)
    meeting.occurrences.update(starts_at=ends_at - meeting.duration, ends_at=ends_at)
    Meeting.objects.filter(pk=meeting.pk).update(ends_at=ends_at)


# -- in true words ------------------------------------------------------------------------------


def test_a_link_that_was_ended_without_a_newer_letter_says_so(client, token, invited):
    links.revoke(invited("dave"))
    said = page(client, token)
    assert "This link was ended" in said
    assert "Alice ended it" in said
    assert "There is no newer one." in said
    assert "ask Alice for a new link" in said
    assert "replaced" not in said


def test_a_link_that_was_replaced_names_the_newer_letter_when_it_went_out(client, token, invited):
    Letter.objects.update(sent_at=timezone.now() - LATER)
    assert invitations.replace_link(invited("dave"))
    assert "A newer letter is on its way to you." in page(client, token)
    delivery.deliver_due("test")
    said = page(client, token)
    assert "This link was replaced" in said
    assert "A newer letter went out to you on" in said
    assert "Open the link in that one." in said


def test_a_newer_letter_that_did_not_arrive_is_none_to_look_for(client, token, invited):
    invitations.replace_link(invited("dave"))
    delivery.deliver_due("test")
    Letter.objects.filter(pk=invited("dave").letter_id).update(bounced_at=timezone.now())
    said = page(client, token)
    assert "A newer letter could not be delivered." in said
    assert "tell Alice at which address letters reach you" in said


def test_a_replaced_link_whose_new_one_was_ended_too_does_not_speak_of_it(client, token, invited):
    invitations.replace_link(invited("dave"))
    delivery.deliver_due("test")
    links.revoke(invited("dave"))
    assert "There is no newer one." in page(client, token)


def test_where_the_link_of_an_earlier_letter_works_no_newer_one_is_spoken_of(client, token, invited):
    later = links.mint(invited("dave"))
    links.end(PersonalLink.objects.filter(pk=links.find(later).pk), links.Ending.ENDED)
    said = page(client, later)
    assert "The link in an earlier letter to you still works." in said
    assert "newer letter" not in said


def test_a_link_that_the_administrator_ended_says_who_did(client, token, administrator):
    act(administrator, PersonalLink, "revoke", PersonalLink.objects.all())
    said = page(client, token)
    assert "The administrator of this site ended it" in said
    assert "ask Alice for a new link" in said


def test_one_that_was_ended_before_reasons_were_noted_claims_none(client, token):
    PersonalLink.objects.update(revoked_at=timezone.now())
    said = page(client, token)
    assert "It has let nobody in since" in said
    assert "Alice ended it" not in said


def test_a_meeting_that_the_administrator_cancelled_says_so(client, token, standup, administrator):
    act(administrator, Meeting, "cancel", [standup])
    said = page(client, token)
    assert "The administrator of this site cancelled “Autumn timetable”" in said


def test_who_was_taken_off_the_list_reads_that_and_no_title(client, token, standup, invited):
    invitations.remove(invited("dave"))
    invitations.cancel(standup)
    said = page(client, token)
    assert "Alice took you off the list" in said
    assert standup.title not in said


def test_an_ended_link_does_not_tell_the_title_of_what_was_cancelled(client, token, standup, invited):
    links.revoke(invited("dave"))
    invitations.cancel(standup)
    said = page(client, token)
    assert "Alice cancelled it on" in said
    assert standup.title not in said


@pytest.mark.parametrize("end", ["unknown", "revoked", "removed", "cancelled", "over"])
def test_every_page_about_a_dead_link_has_a_way_on(client, as_person, bob, standup, invited, end):
    bobs = links.mint(invited("bob"))
    match end:
        case "unknown":
            bobs = bobs[:-1]
        case "revoked":
            links.revoke(invited("bob"))
        case "removed":
            invitations.remove(invited("bob"))
        case "cancelled":
            invitations.cancel(standup)
        case "over":
            let_days_pass(standup, 8)
    status = 404 if end == "unknown" else 410
    assert '<a class="button" href="/">To the first page</a>' in page(client, bobs, status=status)
    said = page(as_person(bob), bobs, status=status)
    own = standup.get_absolute_url() if end in ("revoked", "cancelled", "over") else "/"
    assert f'<a class="button" href="{own}">' in said


# -- some days after the last date --------------------------------------------------------------


def test_a_link_works_for_some_days_after_the_last_date_and_then_says_kindly_that_it_is_over(
    client, token, standup
):
    let_days_pass(standup, 6)
    assert client.get(reverse("meetings:link", args=[token])).status_code == 302
    let_days_pass(standup, 8)
    said = page(client, token)
    assert "This meeting is over" in said
    assert "the links to it ended seven days later" in said
    assert "To meet again, ask Alice for a new invitation." in said
    assert client.get(reverse("meetings:answer_by_link", args=[token])).status_code == 410
    assert client.get(reverse("meetings:file_by_link", args=[token])).status_code == 410


def test_whoever_came_by_the_link_before_is_not_let_in_by_it_after_that_either(client, token, standup):
    client.get(reverse("meetings:link", args=[token]))
    let_days_pass(standup, 8)
    standup.refresh_from_db()
    assert links.attendee_in(client.session, standup) is None


def test_a_series_keeps_its_links_until_after_its_last_date(alice, plan, client):
    series = invitations.schedule(alice, plan("dave@far.example", rrule="FREQ=WEEKLY;COUNT=3"))
    token = links.mint(series.attendees.get())
    first = series.occurrences.values_list("pk", flat=True)[0]
    series.occurrences.filter(pk=first).update(ends_at=timezone.now() - timedelta(days=3650))
    assert client.get(reverse("meetings:link", args=[token])).status_code == 302


def test_a_meeting_that_is_put_off_after_it_was_over_has_its_links_back(client, token, standup):
    let_days_pass(standup, 8)
    page(client, token)
    Meeting.objects.filter(pk=standup.pk).update(ends_at=timezone.now() + LATER)
    assert client.get(reverse("meetings:link", args=[token])).status_code == 302


# -- what the room says -------------------------------------------------------------------------


def test_the_room_says_the_same_to_whoever_came_by_the_link(client, token, standup, invited):
    client.get(reverse("meetings:link", args=[token]))
    links.revoke(invited("dave"))
    said = client.get(standup.room_url).content.decode()
    assert "This link was ended" in said
    assert "There is no newer one." in said
    assert "replaced" not in said


def test_a_room_for_invited_people_says_that_the_link_ended_with_the_meeting(client, token, standup):
    Meeting.objects.update(access=Meeting.Access.INVITED)
    client.get(reverse("meetings:link", args=[token]))
    let_days_pass(standup, 8)
    response = client.get(standup.room_url)
    assert response.status_code == 403
    assert "This meeting is over" in response.content.decode()


def test_a_room_that_is_open_to_anyone_is_so_after_a_link_has_ended_as_well(client, token, standup):
    client.get(reverse("meetings:link", args=[token]))
    let_days_pass(standup, 8)
    assert client.get(standup.room_url).status_code == 200


# -- what the organizer sees --------------------------------------------------------------------


def test_the_organizers_table_shows_that_a_link_was_ended_until_a_new_one_works(
    as_person, alice, token, standup, invited
):
    def table() -> str:
        return as_person(alice).get(standup.get_absolute_url()).content.decode()

    assert "Link ended" not in table()
    links.revoke(invited("dave"))
    assert table().count("Link ended") == 1
    Letter.objects.update(sent_at=timezone.now() - LATER)
    invitations.resend(invited("dave"))
    delivery.deliver_due("test")
    assert "Link ended" not in table()


def test_the_organizers_table_says_that_a_link_was_replaced_and_by_whom_it_was_ended(
    as_person, alice, token, standup, invited, administrator
):
    invitations.replace_link(invited("dave"))
    shown = as_person(alice).get(standup.get_absolute_url()).content.decode()
    assert "Link replaced" in shown
    delivery.deliver_due("test")
    act(administrator, PersonalLink, "revoke", PersonalLink.objects.filter(attendee=invited("dave")))
    shown = as_person(alice).get(reverse("meetings:letters", args=[standup.code])).content.decode()
    assert ", by the administrator of this site" in shown


# -- with an account that was deleted -----------------------------------------------------------


def test_what_a_deleted_account_was_invited_to_is_not_left_to_guests(client, standup, invited, bob):
    token, other = links.mint(invited("bob")), links.mint(invited("dave"))
    client.get(reverse("meetings:link", args=[token]))
    bob.delete()
    assert links.attendee_in(client.session, standup) is None
    assert client.get(standup.room_url).status_code == 403
    said = page(client, token)
    assert "This account was deleted" in said
    assert "ask Alice to send you the invitation again" in said
    assert standup.title not in said
    answer = client.post(reverse("meetings:answer_by_link", args=[token]), {"partstat": "DECLINED"})
    assert answer.status_code == 410
    assert invited("bob").answer.partstat == "NEEDS-ACTION"
    # Nor is a letter that was on its way a way in.
    assert "This account was deleted" in page(client, links.mint(invited("bob")))
    assert links.find(other).attendee == invited("dave")


def test_the_organizer_sees_that_an_account_was_deleted_and_can_invite_its_person_as_a_guest(
    as_person, client, alice, standup, invited, bob, open_letter
):
    def text(person: User, url: str) -> str:
        return as_person(person).get(url).content.decode()

    old = secret_of(open_letter(invited("bob")))
    bob.delete()
    assert "Their account was deleted" in text(alice, standup.get_absolute_url())
    Letter.objects.update(sent_at=timezone.now() - LATER)
    assert invitations.resend(invited("bob"))
    assert "Their account was deleted" not in text(alice, standup.get_absolute_url())
    assert links.find(secret_of(open_letter(invited("bob")))).attendee == invited("bob")
    said = page(client, old)
    assert "It ended with the account that it belonged to" in said
    assert "A newer letter went out to you" in said


def test_whoever_confirms_the_address_anew_has_the_invitations_of_the_deleted_account(standup, invited, bob):
    token = links.mint(invited("bob"))
    bob.delete()
    again = User.objects.create_user("bob@example.org")
    invitations.attach(again, again.email)
    assert invited("bob") in Attendee.objects.entitled()
    with pytest.raises(links.RevokedLink):
        links.find(token)


@pytest.mark.parametrize("how", ["deleted", "switched off"])
def test_nobody_is_reminded_of_what_they_cannot_enter(alice, bob, plan, soon, how):
    invitations.schedule(alice, plan("bob@example.org, dave@far.example", starts_at=soon, reminders=(115,)))
    Letter.objects.all().delete()
    if how == "deleted":
        bob.delete()
    else:
        User.objects.filter(pk=bob.pk).update(is_active=False)
    reminders.write()
    told = Letter.objects.filter(kind="reminder").values_list("recipient", flat=True)
    assert set(told) == {"alice@example.org", "dave@far.example"}
