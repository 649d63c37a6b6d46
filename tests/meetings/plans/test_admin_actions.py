"""What an administrator does to the meetings, links and calendars of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.models import User
from meetings import links
from meetings.calendar.recurrence import Rule
from meetings.models import Attendee, CalendarFeed, LetterQuota, Meeting, PersonalLink
from meetings.pages import overview
from meetings.plans import admin_actions, invitations, personal, subscriptions
from meetings.plans.invitations import Sent
from outbox import delivery
from outbox.models import Letter
from tests.meetings.administration import act, listing
from tests.meetings.letterbox import html_of, text_of


def asked(administrator, model, action, things) -> str:
    chosen = {"action": action, "_selected_action": [thing.pk for thing in things]}
    return administrator.post(listing(model), chosen).content.decode()


def told(mailoutbox, address):
    """What somebody got after the invitations."""
    mailoutbox.clear()
    delivery.deliver_due("test")
    return [letter for letter in mailoutbox if letter.to == [address]]


# -- asked first --------------------------------------------------------------------------------


def test_before_meetings_are_cancelled_the_page_says_how_many_letters_go_out(administrator, standup):
    letters = Letter.objects.count()
    page = asked(administrator, Meeting, "cancel", [standup])
    assert "Cancel one meeting?" in page
    assert "Three letters go out: to two attendees and one organizer." in page
    assert "Autumn timetable, of Alice: Monday, 25 November 2030" in page
    assert "cannot be undone" in page
    standup.refresh_from_db()
    assert not standup.is_cancelled
    assert Letter.objects.count() == letters


def test_the_page_speaks_of_what_will_be_done_alone(administrator, alice, plan, standup):
    over = invitations.schedule(alice, plan(title="Long ago"))
    Meeting.objects.filter(pk=over.pk).update(ends_at=over.created_at)
    room = personal.open_room(alice, "UTC")
    page = asked(administrator, Meeting, "cancel", [standup, over, room])
    assert "Autumn" in page
    assert "Long ago" not in page
    assert room.title not in page
    assert f'name="_selected_action" value="{standup.pk}"' in page
    assert f'name="_selected_action" value="{over.pk}"' not in page
    assert (
        "nothing to cancel"
        in administrator.post(
            listing(Meeting), {"action": "cancel", "_selected_action": [over.pk]}, follow=True
        ).content.decode()
    )


def test_before_links_are_revoked_the_page_says_whose_they_are(administrator, standup, invited):
    token = links.mint(invited("dave"))
    page = asked(administrator, PersonalLink, "revoke", PersonalLink.objects.all())
    assert "Revoke one personal link?" in page
    assert "One letter goes out: to one organizer." in page
    assert "dave@far.example" in page
    assert links.find(token)


def test_before_a_calendar_address_is_ended_the_page_asks(administrator, bob):
    secret = subscriptions.renew(bob)
    page = asked(administrator, CalendarFeed, "give_up", CalendarFeed.objects.all())
    assert "End one calendar address?" in page
    assert "One letter goes out, to the person whose calendar it is." in page
    assert subscriptions.find(secret)


def test_the_question_takes_as_many_queries_for_many_meetings_as_for_two(
    administrator, alice, plan, django_assert_num_queries, django_assert_max_num_queries
):
    def asking(count: int) -> str:
        return asked(administrator, Meeting, "cancel", list(Meeting.objects.order_by("pk")[:count]))

    weekly = str(Rule("WEEKLY", count=4))
    for number in range(6):
        rrule = weekly if number % 2 else ""
        invitations.schedule(alice, plan("dave@far.example", title=f"Number {number}", rrule=rrule))
    parted = Meeting.objects.get(title="Number 1")
    third = parted.occurrences.all()[2]
    later = third.starts_at + timedelta(hours=1)
    rest = plan("dave@far.example", starts_at=later, rrule=str(Rule("WEEKLY", count=2)))
    invitations.change(parted, rest, since=third)
    asking(2)
    with django_assert_max_num_queries(16) as queries:
        assert "Four letters go out: to two attendees and one organizer." in asking(2)
    with django_assert_num_queries(len(queries)):
        page = asking(6)
    assert "Eight letters go out: to six attendees and one organizer." in page
    assert "Every Monday" in page


def test_meetings_are_cancelled_in_batches_and_who_organizes_them_is_told_with_each(
    administrator, alice, bob, plan, monkeypatch
):
    monkeypatch.setattr(admin_actions, "BATCH", 2)
    for organizer, count in ((alice, 3), (bob, 1)):
        for _ in range(count):
            invitations.schedule(organizer, plan("dave@far.example"))
    delivery.deliver_due("test")
    broken = Meeting.objects.filter(organizer=alice).order_by("pk")[2]
    cancel = invitations.cancel

    def fail_at_the_third(meeting: Meeting, by: str = "") -> Sent:
        if meeting.pk == broken.pk:
            raise OSError("the machine stops here")
        return cancel(meeting, by)

    monkeypatch.setattr(invitations, "cancel", fail_at_the_third)
    ordered = Meeting.objects.order_by("pk").select_related("organizer")
    with pytest.raises(OSError, match="stops here"):
        admin_actions.cancel(ordered, User.objects.get(is_superuser=True))
    assert Meeting.objects.exclude(cancelled_at=None).count() == 2
    [letter] = Letter.objects.filter(kind="intervention")
    assert len(letter.payload["lines"]) == 2


def test_more_than_a_page_can_send_back_are_not_acted_on(administrator, alice, monkeypatch, plan):
    monkeypatch.setattr("outbox.confirmation.MOST", 2)
    meetings = [invitations.schedule(alice, plan(title=f"M{n}")) for n in range(3)]
    chosen = {"action": "cancel", "_selected_action": [meeting.pk for meeting in meetings]}
    page = administrator.post(listing(Meeting), chosen, follow=True).content.decode()
    assert "3 are too many for one go. Choose at most 2." in page


# -- done, noted and told -----------------------------------------------------------------------


def test_a_meeting_is_cancelled_for_its_organizer_and_everybody_is_told(administrator, standup):
    page = act(administrator, Meeting, "cancel", [standup]).content.decode()
    assert "1 cancelled. Three letters are on the way." in page
    standup.refresh_from_db()
    assert standup.is_cancelled
    assert standup.cancelled_by == "carol@example.org"
    assert Letter.objects.filter(kind="cancellation").count() == 2


def test_attendees_read_that_the_administrator_cancelled(
    administrator,
    standup,
    invited,
    open_letter,
):
    open_letter(invited("dave"))
    act(administrator, Meeting, "cancel", [standup])
    message = open_letter(invited("dave"))
    assert text_of(message).startswith(
        "The administrator of localhost cancelled “Autumn timetable”.\n\nAutumn"
    )
    assert "The administrator of localhost <strong" in html_of(message)
    assert "Alice</bdi> <strong" not in html_of(message)
    assert message.from_email.startswith("Roundtable <")


@pytest.mark.parametrize("by_the_administrator", [True, False])
def test_the_short_letter_about_an_earlier_part_says_who_cancelled(
    administrator, alice, plan, mailoutbox, by_the_administrator
):
    series = invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=4))))
    third = series.occurrences.all()[2]
    changed = plan("dave@far.example", rrule="FREQ=WEEKLY;COUNT=2", starts_at=third.starts_at)
    delivery.deliver_due("test")
    invitations.change(series, replace(changed, duration=timedelta(hours=2)), since=third)
    delivery.deliver_due("test")
    series.refresh_from_db()
    if by_the_administrator:
        act(administrator, Meeting, "cancel", [series])
    else:
        invitations.cancel(series)
    short, *others = [
        letter
        for letter in told(mailoutbox, "dave@far.example")
        if letter.subject.startswith("For your calendar: ")
    ]
    assert not others
    name, who = (
        ("Roundtable", "the administrator of localhost")
        if by_the_administrator
        else ("Alice via Roundtable", "Alice")
    )
    assert short.from_email.startswith(f"{name} <")
    assert f", as {who} wrote to you:" in text_of(short)
    assert f", as {who} wrote to you:" in html_of(short).replace("<bdi>", "").replace("</bdi>", "")


def test_the_organizer_reads_what_was_cancelled_and_whom_to_ask(administrator, standup, mailoutbox):
    delivery.deliver_due("test")
    act(administrator, Meeting, "cancel", [standup])
    [letter] = told(mailoutbox, "alice@example.org")
    assert letter.subject == "The administrator of localhost cancelled one meeting of yours"
    assert "Autumn timetable (Monday, 25 November 2030, 14:00 to 14:45" in text_of(letter)
    assert "Two people have a letter, which says who cancelled it." in text_of(letter)
    assert "This was done by Carol, carol@example.org." in text_of(letter)
    assert "Autumn timetable" in html_of(letter)
    assert letter.reply_to == ["Carol <carol@example.org>"]


def test_several_meetings_of_one_organizer_are_one_letter_to_her(
    administrator,
    alice,
    plan,
    standup,
    mailoutbox,
):
    other = invitations.schedule(alice, plan(title="Second"))
    act(administrator, Meeting, "cancel", [standup, other])
    [letter] = told(mailoutbox, "alice@example.org")
    assert letter.subject == "The administrator of localhost cancelled two meetings of yours"
    assert "Second" in text_of(letter)


def test_pages_say_who_cancelled(administrator, client, standup, alice, bob, as_person):
    act(administrator, Meeting, "cancel", [standup])
    for person in (alice, bob):
        row = overview.row(Meeting.objects.get(pk=standup.pk), person)
        assert row.cancelled == "The administrator of this site cancelled this today"
    assert "The administrator of this site cancelled it" in client.get(standup.room_url).content.decode()


def test_an_organizer_who_cancels_is_still_the_one_who_did(standup, alice):
    invitations.cancel(standup)
    assert overview.row(standup, alice).cancelled == "You cancelled this today"


def test_an_administrators_own_meeting_is_cancelled_by_its_organizer(
    administrator,
    carol,
    plan,
    mailoutbox,
):
    mine = invitations.schedule(carol, plan("dave@far.example"))
    page = asked(administrator, Meeting, "cancel", [mine])
    assert "One letter goes out: to one attendee." in page
    act(administrator, Meeting, "cancel", [mine])
    mine.refresh_from_db()
    assert mine.cancelled_by == ""
    assert told(mailoutbox, carol.email) == []


def test_what_an_administrator_causes_is_not_counted_as_the_organizers_letters(
    administrator,
    standup,
    alice,
):
    before = LetterQuota.objects.get(user=alice).letters
    act(administrator, Meeting, "cancel", [standup])
    assert LetterQuota.objects.get(user=alice).letters == before


def test_whoever_organizes_hears_of_links_that_were_revoked(administrator, standup, invited, mailoutbox):
    links.mint(invited("dave"))
    links.mint(invited("dave"))
    page = act(administrator, PersonalLink, "revoke", PersonalLink.objects.all()).content.decode()
    assert "2 revoked. One letter is on the way." in page
    assert {link.revoked_by for link in PersonalLink.objects.all()} == {"carol@example.org"}
    [letter] = told(mailoutbox, "alice@example.org")
    assert letter.subject == "The administrator of localhost ended personal links to your meetings"
    assert text_of(letter).count("Dave: Autumn timetable") == 1
    assert "still invited" in text_of(letter)
    assert Attendee.objects.filter(removed_at__isnull=False).count() == 0


def test_whose_calendar_address_is_ended_hears_of_it_everywhere(
    administrator,
    client,
    bob,
    as_person,
    mailoutbox,
):
    secret = subscriptions.renew(bob)
    page = act(administrator, CalendarFeed, "give_up", CalendarFeed.objects.all()).content.decode()
    assert "1 ended. One letter is on the way." in page
    [letter] = told(mailoutbox, bob.email)
    assert letter.subject == "The administrator of localhost ended your calendar address"
    answer = client.get(reverse("meetings:feed", args=[secret]))
    assert answer.status_code == 404
    assert "The administrator of this site ended this calendar address." in answer.text
    page = as_person(bob).get(reverse("meetings:subscribe")).content.decode()
    assert "The administrator of this site ended it" in page
    assert "Make the address" in page
    assert subscriptions.find(subscriptions.renew(bob)).user == bob


# -- accounts -----------------------------------------------------------------------------------


def test_before_an_account_is_switched_off_the_page_says_what_of_theirs_stands(administrator, alice, standup):
    address = reverse("admin:accounts_user_change", args=[alice.pk])
    form = {"email": alice.email, "name": "Alice B.", "time_zone": "", "week_starts": alice.week_starts}
    page = administrator.post(address, form).content.decode()
    assert "Switch this account off?" in page
    assert "One meeting of theirs is still to come, and will stand without an organizer." in page
    assert f"<li>{standup.title}, of " in page
    assert '<input type="hidden" name="name" value="Alice B.">' in page
    alice.refresh_from_db()
    assert alice.is_active
    administrator.post(address, {**form, "confirmed": "yes"})
    alice.refresh_from_db()
    assert (alice.is_active, alice.name) == (False, "Alice B.")


def test_another_change_of_an_account_is_not_asked_about(administrator, alice):
    address = reverse("admin:accounts_user_change", args=[alice.pk])
    form = {"email": alice.email, "name": "Alice B.", "time_zone": "", "week_starts": alice.week_starts}
    administrator.post(address, {**form, "is_active": "on"})
    alice.refresh_from_db()
    assert (alice.is_active, alice.name) == (True, "Alice B.")


def test_whose_password_an_administrator_changed_hears_who_did(administrator, alice, mailoutbox):
    address = reverse("admin:auth_user_password_change", args=[alice.pk])
    assert "One letter goes out" in administrator.get(address).content.decode()
    words = {"password1": "twelve angry boats", "password2": "twelve angry boats"}
    administrator.post(address, {**words, "usable_password": "true", "set-password": "1"})
    [letter] = told(mailoutbox, alice.email)
    assert letter.subject == "An administrator changed your password"
    assert "This was done by Carol, carol@example.org." in letter.body


def test_whose_passkeys_an_administrator_took_away_hears_it_once(administrator, bob, mailoutbox):
    for secret in "xy":
        Authenticator.objects.create(user=bob, type=f"totp{secret}", data={"secret": secret})
    first, second = Authenticator.objects.all()
    address = reverse("admin:mfa_authenticator_delete", args=[first.pk])
    assert "One letter goes out" in administrator.get(address).content.decode()
    administrator.post(address, {"post": "yes"})
    [letter] = told(mailoutbox, bob.email)
    assert letter.subject == "An administrator removed a second way to sign in"
    chosen = {"action": "delete_selected", "_selected_action": [second.pk]}
    listed = reverse("admin:mfa_authenticator_changelist")
    assert "One letter goes to each owner" in administrator.post(listed, chosen).content.decode()
    administrator.post(listed, {**chosen, "post": "yes"})
    assert len(told(mailoutbox, bob.email)) == 1
