from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from meetings import links
from meetings.models import Attendee, PersonalLink
from meetings.plans import invitations
from outbox import delivery
from outbox.models import Letter
from tests.meetings.letterbox import calendar_of, html_of, parsed, secret_of, text_of

YES = Attendee.PartStat.ACCEPTED


def moved(standup, plan, people="bob@example.org, dave@far.example", **changes):
    invitations.change(standup, plan(people, **changes))


# -- the message --------------------------------------------------------------------------------


def test_a_letter_is_built_the_way_mail_programs_take_for_an_invitation(invited, open_letter):
    message = parsed(open_letter(invited("dave")))
    alternative, attachment = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert alternative.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert attachment.get_filename() == "invite.ics"
    calendar = list(alternative.iter_parts())[-1]
    assert str(calendar["content-type"]).count("charset") == 1
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True).replace(b"\r\n", b"\n") == attachment.get_payload(
        decode=True
    ).replace(b"\r\n", b"\n")


def test_it_goes_to_one_person_from_the_house_with_answers_to_the_organizer(invited, open_letter):
    message = parsed(open_letter(invited("dave")))
    assert message["to"] == "dave@far.example"
    assert message["from"].addresses[0].display_name == "Alice via Roundtable"
    assert message["reply-to"].addresses[0].addr_spec == "alice@example.org"
    assert message["auto-submitted"] == "auto-generated"


def test_the_subject_has_title_and_local_date_and_time(invited, open_letter):
    assert open_letter(invited("dave")).subject == "Autumn timetable (Mon 25 Nov, 14:00)"


def test_a_name_in_another_script_arrives_whole(alice, bob, standup, invited, open_letter):
    alice.name = '陳怡君, "Alice"'
    alice.save()
    message = parsed(open_letter(invited("dave")))
    assert message["from"].addresses[0].display_name == '陳怡君, "Alice" via Roundtable'
    assert message["reply-to"].addresses[0].display_name == '陳怡君, "Alice"'


@pytest.mark.parametrize(
    ("attendee_zone", "account_zone", "said"),
    [
        ("Asia/Taipei", "America/New_York", "21:00 to 21:45\nTaipei time"),
        ("", "America/New_York", "08:00 to 08:45\nNew York time"),
        ("", "", "14:00 to 14:45\nBerlin time"),
    ],
)
def test_times_are_the_recipients_own(bob, invited, open_letter, attendee_zone, account_zone, said):
    bob.time_zone = account_zone
    bob.save()
    Attendee.objects.filter(user=bob).update(time_zone=attendee_zone)
    assert f"Monday, 25 November 2030, {said}" in text_of(open_letter(invited("bob")))


def test_the_calendar_has_the_open_link_and_the_letter_the_personal_one(standup, invited, open_letter):
    message = open_letter(invited("dave"))
    secret = secret_of(message)
    assert secret in html_of(message)
    assert links.find(secret).attendee == invited("dave")
    _, calendar = calendar_of(message)
    [event] = calendar.walk("VEVENT")
    assert event["url"].endswith(f"/{standup.code}/")
    assert secret not in calendar.to_ical().decode()


def test_each_attendee_has_a_link_of_their_own(invited, open_letter):
    one, other = (secret_of(open_letter(invited(name))) for name in ("bob", "dave"))
    assert one != other


def test_the_database_knows_only_the_hash_of_a_link(invited, open_letter):
    secret = secret_of(open_letter(invited("dave")))
    for link in PersonalLink.objects.all():
        assert secret not in str(vars(link))


def test_the_calendar_asks_the_recipient_by_their_exact_address(alice, plan, mailoutbox):
    invitations.schedule(alice, plan("Bob.Lindqvist@Far.example"))
    delivery.deliver_due("test")
    _, calendar = calendar_of(mailoutbox[0])
    [event] = calendar.walk("VEVENT")
    assert event["attendee"] == f"mailto:{mailoutbox[0].to[0]}" == "mailto:Bob.Lindqvist@far.example"
    assert event["organizer"] == f"mailto:{parsed(mailoutbox[0])['from'].addresses[0].addr_spec}"


def test_answers_are_links_to_a_page_that_asks(invited, open_letter):
    html = html_of(open_letter(invited("dave")))
    for answer in ("yes", "maybe", "no"):
        assert re.search(rf"/i/[\w-]+/answer/\?answer={answer}\"", html)


def test_a_letter_says_that_the_calendars_own_buttons_do_not_count(invited, open_letter):
    message = open_letter(invited("dave"))
    [event] = calendar_of(message)[1].walk("VEVENT")
    assert event["attendee"].params["rsvp"] == "TRUE"
    for text in (text_of(message), html_of(message)):
        assert "Your answer counts when you give it here, not with your calendar’s buttons." in text


def test_a_letter_loads_nothing_from_anywhere(invited, open_letter):
    html = html_of(open_letter(invited("dave")))
    assert "<img" not in html
    assert "url(" not in html
    assert "<script" not in html


def test_what_people_write_is_only_text(alice, plan, mailoutbox):
    alice.name = "<script>alert(1)</script>"
    alice.save()
    evil = "<script>alert(2)</script>"
    invitations.schedule(alice, plan(f'"{evil}" <eve@far.example>, b@far.example', title=evil, agenda=evil))
    delivery.deliver_due("test")
    for message in mailoutbox:
        assert "<script" not in html_of(message)
        assert "&lt;script&gt;alert(2)" in html_of(message)
        assert evil in text_of(message)


def test_the_calendar_carries_the_answer_that_was_given(standup, plan, invited, open_letter):
    open_letter(invited("dave"))
    invitations.respond(invited("dave"), YES)
    moved(standup, plan, title="Winter timetable")
    _, calendar = calendar_of(open_letter(invited("dave")))
    assert calendar.walk("VEVENT")[0]["attendee"].params["partstat"] == "ACCEPTED"


@pytest.mark.parametrize(
    ("early", "lobby", "said"),
    [
        (10, True, "The door opens 10 minutes before the start, and a host lets you in."),
        (60, False, "The door opens 1 hour before the start."),
        (0, False, "The door opens at the start."),
        (None, True, "A host lets you in."),
    ],
)
def test_a_letter_says_when_the_door_opens_and_who_opens_it(
    standup, plan, invited, open_letter, early, lobby, said
):
    minutes = None if early is None else timedelta(minutes=early)
    moved(standup, plan, early=minutes, lobby=lobby)
    invitation = open_letter(invited("dave"))
    moved(standup, plan, early=minutes, lobby=lobby, title="Winter timetable")
    for letter in (invitation, open_letter(invited("dave"))):
        assert f"nothing to install.\n{said}\n" in text_of(letter)
        assert f"<br>{said}" in html_of(letter)


def test_a_letter_says_nothing_of_a_door_that_is_open_to_everybody(invited, open_letter):
    letter = open_letter(invited("dave"))
    for text in (text_of(letter), html_of(letter)):
        assert "door" not in text
        assert "lets you in" not in text


def test_a_host_reads_that_the_door_is_open_to_them(standup, plan, invited, open_letter):
    hosts = frozenset({"dave@far.example"})
    moved(standup, plan, early=timedelta(minutes=10), lobby=True, cohosts=hosts)
    said = "You are a host: the door is open to you at any time, and you let people in."
    assert said in text_of(open_letter(invited("dave")))
    assert "a host lets you in" in text_of(open_letter(invited("bob")))


# -- one meeting, one entry in the calendar -------------------------------------------------------


def test_a_change_keeps_the_uid_and_raises_the_sequence(standup, plan, invited, open_letter):
    _, first = calendar_of(open_letter(invited("dave")))
    moved(standup, plan, starts_at=standup.starts_at + timedelta(days=1))
    method, second = calendar_of(open_letter(invited("dave")))
    [before], [after] = first.walk("VEVENT"), second.walk("VEVENT")
    assert method == second["method"] == "REQUEST"
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") - before.decoded("dtstart") == timedelta(days=1)


def test_a_house_that_moves_keeps_its_meetings_in_peoples_calendars(
    standup, plan, invited, open_letter, settings
):
    first = open_letter(invited("dave"))
    settings.PUBLIC_URL = "https://elsewhere.example"
    moved(standup, plan, title="Winter timetable")
    second = open_letter(invited("dave"))
    one, other = (calendar_of(letter)[1].walk("VEVENT")[0] for letter in (first, second))
    assert one["uid"] == other["uid"] == str(standup.current.uid)
    assert first.extra_headers["References"] == second.extra_headers["References"]


def test_a_cancellation_is_a_cancel_and_not_a_request(standup, invited, open_letter):
    _, first = calendar_of(open_letter(invited("dave")))
    invitations.cancel(standup)
    message = open_letter(invited("dave"))
    method, second = calendar_of(message)
    assert method == second["method"] == "CANCEL"
    assert second.walk("VEVENT")[0]["uid"] == first.walk("VEVENT")[0]["uid"]
    assert second.walk("VEVENT")[0]["sequence"] > first.walk("VEVENT")[0]["sequence"]
    assert message.subject == "Cancelled: Autumn timetable (Mon 25 Nov, 14:00)"
    assert "/i/" not in text_of(message)


def test_one_who_is_removed_gets_a_cancel_and_the_others_nothing(
    standup, plan, invited, open_letter, mailoutbox
):
    open_letter(invited("dave"))
    mailoutbox.clear()
    invitations.remove(invited("dave"))
    message = open_letter(invited("dave"))
    assert mailoutbox == [message]
    assert calendar_of(message)[0] == "CANCEL"
    assert message.subject.startswith("No longer invited: Autumn timetable")


def test_whoever_is_taken_off_as_it_moves_reads_the_time_that_they_know(standup, plan, invited, open_letter):
    dave = invited("dave")
    known = open_letter(dave).subject.rpartition("(")[2]
    Letter.objects.update(sent_at=timezone.now())
    moved(standup, plan, "bob@example.org", starts_at=standup.starts_at + timedelta(hours=2))
    dave.refresh_from_db()
    assert open_letter(dave).subject == f"No longer invited: Autumn timetable ({known}"


def test_all_letters_of_a_meeting_are_one_conversation(standup, plan, invited, open_letter):
    first = open_letter(invited("dave"))
    moved(standup, plan, title="Winter timetable")
    second = open_letter(invited("dave"))
    assert first.extra_headers["References"] == second.extra_headers["References"]
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]


# -- what is true when it is sent ----------------------------------------------------------------


def test_an_update_strikes_through_what_was(standup, plan, invited, open_letter):
    open_letter(invited("dave"))
    moved(standup, plan, title="Winter timetable", starts_at=standup.starts_at + timedelta(hours=2))
    message = open_letter(invited("dave"))
    assert message.subject == "Moved: Winter timetable (Mon 25 Nov, 16:00)"
    assert "<s><bdi>Autumn timetable</bdi></s>" in html_of(message)
    assert "(before: Monday, 25 November 2030, 14:00 to 14:45)" in text_of(message)
    assert "asks again" in text_of(message)


def test_a_new_title_alone_moves_nothing(standup, plan, invited, open_letter):
    open_letter(invited("dave"))
    moved(standup, plan, title="Winter timetable")
    message = open_letter(invited("dave"))
    assert message.subject.startswith("Changed: ")
    assert "asks again" not in text_of(message)


def test_whoever_has_had_no_letter_yet_gets_one_invitation_with_the_new_time(
    standup, plan, invited, open_letter, mailoutbox
):
    moved(standup, plan, starts_at=standup.starts_at + timedelta(hours=2))
    message = open_letter(invited("dave"))
    assert [sent.to for sent in mailoutbox].count(["dave@far.example"]) == 1
    assert message.subject == "Autumn timetable (Mon 25 Nov, 16:00)"
    assert "before:" not in text_of(message)


def test_two_changes_in_a_row_are_one_letter_against_what_was_last_told(
    standup, plan, invited, open_letter, mailoutbox
):
    open_letter(invited("dave"))
    mailoutbox.clear()
    start = standup.starts_at
    moved(standup, plan, starts_at=start + timedelta(hours=1))
    moved(standup, plan, starts_at=start + timedelta(hours=2))
    message = open_letter(invited("dave"))
    assert [sent.to for sent in mailoutbox].count(["dave@far.example"]) == 1
    assert "(before: Monday, 25 November 2030, 14:00 to 14:45)" in text_of(message)
    assert message.subject == "Moved: Autumn timetable (Mon 25 Nov, 16:00)"


def test_a_change_after_a_letter_that_was_sent_again_is_told_as_a_change(standup, plan, invited, open_letter):
    open_letter(invited("dave"))
    invitations.resend(invited("dave"))
    moved(standup, plan, starts_at=standup.starts_at + timedelta(hours=2))
    message = open_letter(invited("dave"))
    assert message.subject == "Moved: Autumn timetable (Mon 25 Nov, 16:00)"
    assert "(before: Monday, 25 November 2030, 14:00 to 14:45)" in text_of(message)


def test_a_letter_that_is_sent_again_is_an_invitation(standup, invited, open_letter):
    open_letter(invited("dave"))
    invitations.resend(invited("dave"))
    message = open_letter(invited("dave"))
    assert message.subject == "Autumn timetable (Mon 25 Nov, 14:00)"
    assert "Alice invites you to" in text_of(message)


def test_a_change_that_was_undone_before_they_heard_of_it_says_so(standup, plan, invited, open_letter):
    open_letter(invited("dave"))
    start = standup.starts_at
    moved(standup, plan, starts_at=start + timedelta(hours=2))
    moved(standup, plan, starts_at=start)
    message = open_letter(invited("dave"))
    assert message.subject == "As before: Autumn timetable (Mon 25 Nov, 14:00)"
    for text in (text_of(message), html_of(message)):
        assert "Alice changed “Autumn timetable” and changed it back." in re.sub("</?bdi>", "", text)
        assert "The time was different for a while, so" in text
        assert "invites you to" not in text


def test_a_cancelled_meeting_sends_no_stale_invitation(standup, open_letter, invited, mailoutbox):
    invitations.cancel(standup)
    assert open_letter(invited("dave")) is None
    # Nor a cancellation of what they never heard of.
    assert mailoutbox == []


def test_a_cancellation_also_follows_a_letter_that_is_being_sent_this_moment(standup, invited, open_letter):
    sending = timezone.now() + timedelta(minutes=1)
    Letter.objects.filter(pk=invited("dave").letter_id).update(leased_until=sending, leased_by="other")
    invitations.cancel(standup)
    assert open_letter(invited("dave")).subject.startswith("Cancelled:")


def test_one_who_was_removed_before_the_letter_went_out_hears_nothing(invited, open_letter, mailoutbox):
    invitations.remove(invited("dave"))
    assert open_letter(invited("dave")) is None
    assert [sent.to for sent in mailoutbox] == [["bob@example.org"]]


def test_one_who_comes_back_gets_an_invitation(standup, plan, invited, open_letter):
    open_letter(invited("dave"))
    invitations.remove(invited("dave"))
    open_letter(invited("dave"))
    invitations.invite(standup, plan("dave@far.example").people)
    message = open_letter(invited("dave"))
    assert "invites you to" in text_of(message)
    assert calendar_of(message)[0] == "REQUEST"


def test_a_letter_about_a_deleted_meeting_is_not_sent(standup, mailoutbox):
    standup.delete()
    delivery.deliver_due("test")
    assert mailoutbox == []


@pytest.mark.parametrize(("invited", "shown", "more"), [(2, 2, 0), (12, 12, 0), (13, 12, 1), (40, 12, 28)])
def test_a_letter_names_so_many_at_the_table_and_counts_the_rest(
    alice, plan, open_letter, invited, shown, more
):
    people = ",".join(f"person{n:02}@example.org" for n in range(invited))
    meeting = invitations.schedule(alice, plan(people))
    first, *_, last = meeting.attendees.all()
    for attendee in (first, last):
        line = open_letter(attendee).body.split("At the table\n")[1].splitlines()[0]
        assert f"{attendee.display_name}," not in line
        assert line.count("person") + line.count("Alice") == shown
        assert (f", {more} more and you" in line) is bool(more)
