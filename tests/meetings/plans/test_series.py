"""Meetings that repeat: laid out, changed and cancelled, once, from here on, or all.

Long, since each change is told by what it leaves of a few series: dates, letters and calendars at once.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from meetings.calendar import recurrence
from meetings.calendar.recurrence import Rule
from meetings.letters import dates, delivery_state, events, part_letters, quota
from meetings.models import Answer, Attendee, Series
from meetings.plans import admin_actions, invitations, parts
from meetings.plans.invitations import OccurrencePlan, Sent
from outbox import delivery
from outbox.models import Letter
from tests.markup import markup
from tests.meetings.letterbox import calendar_of, html_of, parsed, secret_of, text_of

PEOPLE = "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>"
MONDAYS = str(Rule("WEEKLY", count=6))
BERLIN = ZoneInfo("Europe/Berlin")
PartStat = Attendee.PartStat


@pytest.fixture
def mondays(alice, bob, plan):
    """Six Mondays at 14:00 in Berlin, from 25 November 2030."""
    return invitations.schedule(alice, plan(PEOPLE, rrule=MONDAYS))


@pytest.fixture
def delivered(mondays):
    """The invitations have gone out."""
    delivery.deliver_due("test")
    return mondays


@pytest.fixture
def letters_of_dave(mailoutbox, mondays):
    """Deliver everything; the messages to Dave since the last time, without those for his calendar alone."""

    def fresh(*, everything=False):
        delivery.deliver_due("test")
        found = [message for message in mailoutbox if message.to == ["dave@far.example"]]
        mailoutbox.clear()
        return [message for message in found if everything or not is_short(message)]

    return fresh


def starts(meeting):
    standing = meeting.occurrences.filter(series__cancelled_at=None)
    return [f"{o.starts_at.astimezone(BERLIN):%d.%m. %H:%M}" for o in standing]


def nth(meeting, n):
    return meeting.occurrences.order_by("starts_at")[n - 1]


def move_from(meeting, n, plan):
    """The nth and the following begin two hours later."""
    since = nth(meeting, n)
    rest = recurrence.rest(meeting.current.rrule, meeting.current.wall_clock, since.recurrence_id)
    later = plan(PEOPLE, rrule=rest, starts_at=since.starts_at + timedelta(hours=2))
    invitations.change(meeting, later, since=since)


def is_short(message):
    """Whether a letter is there for the calendar alone."""
    return message.subject.startswith("For your calendar: ")


def told(messages):
    """What each letter tells calendars, in its one calendar: (method, events)."""
    found = []
    for message in messages:
        method, calendar = calendar_of(message)
        found.append((method, calendar.walk("VEVENT")))
    return found


# -- layout -------------------------------------------------------------------------------------


def test_a_single_meeting_has_one_occurrence(alice, plan):
    meeting = invitations.schedule(alice, plan())
    [occurrence] = meeting.occurrences.all()
    assert (occurrence.starts_at, occurrence.ends_at) == (meeting.starts_at, meeting.ends_at)


def test_a_moved_single_meeting_keeps_its_occurrence(alice, plan):
    meeting = invitations.schedule(alice, plan())
    occurrence = meeting.occurrences.get()
    later = meeting.starts_at + timedelta(days=3)
    invitations.change(meeting, plan(starts_at=later))
    assert meeting.occurrences.get().pk == occurrence.pk
    assert meeting.occurrences.get().starts_at == later


def test_a_series_keeps_its_time_on_the_wall_when_the_clocks_change(alice, plan):
    before_summer = datetime(2031, 3, 24, 13, 0, tzinfo=UTC)
    meeting = invitations.schedule(alice, plan(starts_at=before_summer, rrule=str(Rule("WEEKLY", count=3))))
    assert [f"{o.starts_at:%d.%m. %H:%M}" for o in meeting.occurrences.all()] == [
        "24.03. 13:00",
        "31.03. 12:00",
        "07.04. 12:00",
    ]


def test_a_series_begins_with_the_first_day_that_fits(alice, plan):
    meeting = invitations.schedule(alice, plan(rrule=str(Rule("WEEKLY", weekdays=(3,), count=2))))
    assert starts(meeting) == ["28.11. 14:00", "05.12. 14:00"]
    assert meeting.starts_at == meeting.occurrences.all()[0].starts_at


def test_it_is_over_when_its_last_occurrence_is(mondays):
    assert mondays.ends_at == nth(mondays, 6).ends_at


# -- one occurrence -----------------------------------------------------------------------------


def test_one_occurrence_moves_alone(delivered, letters_of_dave):
    letters_of_dave()
    second = nth(delivered, 2)
    later = second.starts_at + timedelta(days=1)
    sent = invitations.change_occurrence(
        second, OccurrencePlan("Autumn timetable", later, timedelta(minutes=45))
    )
    assert sent == Sent(updates=2)
    assert starts(delivered)[:3] == ["25.11. 14:00", "03.12. 14:00", "09.12. 14:00"]
    [message] = letters_of_dave()
    assert message.subject == "Moved: Autumn timetable (Tue 3 Dec, 14:00)"
    assert "moved one of the meetings of the series" in text_of(message)
    method, calendar = calendar_of(message)
    [event] = calendar.walk("VEVENT")
    assert method == "REQUEST"
    assert event["RECURRENCE-ID"].dt == datetime(2030, 12, 2, 14, 0, tzinfo=BERLIN)
    assert event["DTSTART"].dt == later


def test_a_moved_occurrence_asks_again_and_the_others_stay_answered(delivered):
    dave = delivered.attendees.get(name="Dave")
    invitations.respond(dave, PartStat.ACCEPTED)
    second = nth(delivered, 2)
    invitations.change_occurrence(
        second, OccurrencePlan("Autumn timetable", second.starts_at + timedelta(hours=1), second.duration)
    )
    assert dave.answers.get(occurrence=second).partstat == PartStat.NEEDS_ACTION
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.ACCEPTED


def test_one_occurrence_is_cancelled_alone(delivered, letters_of_dave):
    letters_of_dave()
    invitations.cancel_occurrence(nth(delivered, 3))
    delivered.refresh_from_db()
    assert not delivered.is_cancelled
    [message] = letters_of_dave()
    assert message.subject == "Cancelled: Autumn timetable (Mon 9 Dec, 14:00)"
    assert "cancelled one of the meetings of the series" in text_of(message)
    assert "the others stay" in text_of(message)
    method, calendar = calendar_of(message)
    [event] = calendar.walk("VEVENT")
    assert (method, event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert event["RECURRENCE-ID"].dt == datetime(2030, 12, 9, 14, 0, tzinfo=BERLIN)


def test_that_one_is_cancelled_is_told_with_the_answer_to_that_one(delivered, letters_of_dave):
    dave, third = delivered.attendees.get(name="Dave"), nth(delivered, 3)
    invitations.respond(dave, PartStat.ACCEPTED)
    invitations.respond(dave, PartStat.DECLINED, occurrence=third)
    letters_of_dave()
    invitations.cancel_occurrence(third)
    [message] = letters_of_dave()
    [event] = calendar_of(message)[1].walk("VEVENT")
    assert event["ATTENDEE"].params["PARTSTAT"] == "DECLINED"


def test_a_later_letter_about_the_series_knows_what_became_of_the_occurrences(
    delivered, letters_of_dave, plan
):
    second, third = nth(delivered, 2), nth(delivered, 3)
    invitations.change_occurrence(
        second, OccurrencePlan("With guests", second.starts_at, timedelta(minutes=45))
    )
    invitations.cancel_occurrence(third)
    letters_of_dave()
    invitations.change(delivered, plan(PEOPLE, rrule=MONDAYS, title="Winter timetable"))
    [message] = letters_of_dave()
    _, calendar = calendar_of(message)
    master, override = calendar.walk("VEVENT")
    assert master["EXDATE"].dts[0].dt == datetime(2030, 12, 9, 14, 0, tzinfo=BERLIN)
    assert override["SUMMARY"] == "With guests"
    assert "Mon 9 Dec is cancelled" in text_of(message)


def test_cancelling_the_last_that_stands_ends_the_meeting(delivered):
    for occurrence in delivered.occurrences.all():
        invitations.cancel_occurrence(occurrence)
    delivered.refresh_from_db()
    assert delivered.is_cancelled


def test_whoever_has_not_had_the_invitation_reads_of_the_change_there_and_gets_no_second_letter(
    mondays, letters_of_dave
):
    invitations.cancel_occurrence(nth(mondays, 2))
    [message] = letters_of_dave()
    assert message.subject.startswith("Autumn timetable")
    assert "Mon 2 Dec is cancelled" in text_of(message)


def test_a_change_of_all_that_follows_a_change_of_one_is_one_letter(delivered, letters_of_dave, plan):
    letters_of_dave()
    invitations.cancel_occurrence(nth(delivered, 2))
    invitations.change(delivered, plan(PEOPLE, rrule=MONDAYS, title="Winter timetable"))
    [message] = letters_of_dave()
    assert message.subject.startswith("Changed: ")


# -- this and the following ---------------------------------------------------------------------


def test_this_and_the_following_move_and_those_before_stay(delivered, letters_of_dave, plan):
    letters_of_dave()
    third, uid = nth(delivered, 3), delivered.current.uid
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    moved = plan(PEOPLE, rrule=rest, starts_at=third.starts_at + timedelta(hours=2))
    assert invitations.change(delivered, moved, since=third) == Sent(updates=4)
    assert starts(delivered) == [
        "25.11. 14:00",
        "02.12. 14:00",
        "09.12. 16:00",
        "16.12. 16:00",
        "23.12. 16:00",
        "30.12. 16:00",
    ]
    message, short = letters_of_dave(everything=True)
    assert message.subject == "Moved from Mon 9 Dec on: Autumn timetable (Mon 9 Dec, 16:00)"
    text = text_of(message)
    assert (
        "From Monday, 9 December 2030 on:\nEvery Monday from 16:00 to 16:45, Berlin time, four times" in text
    )
    assert "What comes before stays as it is." in text
    assert "Will you come from Monday, 9 December 2030 on?" in text
    (_, [new]), (_, [old]) = told([message, short])
    assert (str(old["UID"]), str(new["UID"])) == (str(uid), str(delivered.current.uid))
    assert old["RRULE"]["UNTIL"] == [datetime(2030, 12, 2, 13, 0, tzinfo=UTC)]
    assert new["DTSTART"].dt == datetime(2030, 12, 9, 16, 0, tzinfo=BERLIN)
    said = "A short letter for your calendar follows, about earlier dates"
    assert said in text
    assert said in html_of(message)
    assert short.subject == "For your calendar: Autumn timetable (until Mon 2 Dec)"
    assert "Every Monday from 14:00 to 14:45, Berlin time, until 2 December 2030" in text_of(short)
    # In one conversation with the letter that people read (RFC 5322, 3.6.4).
    headers = parsed(short)
    assert headers["In-Reply-To"] == parsed(message)["Message-ID"]
    assert headers["References"].split() == [parsed(message)["References"], parsed(message)["Message-ID"]]
    assert headers["From"] == parsed(message)["From"]


def test_from_the_first_on_it_is_a_change_of_all(delivered, plan):
    uid = delivered.current.uid
    first = nth(delivered, 1)
    later = plan(PEOPLE, rrule=MONDAYS, starts_at=first.starts_at + timedelta(hours=1))
    invitations.change(delivered, later, since=first)
    assert delivered.current.uid == uid
    assert Series.objects.count() == 1


def test_a_letter_about_dates_from_one_on_names_no_exception_of_those_before(
    delivered, letters_of_dave, plan
):
    for n, hours in (2, 1), (5, 3):
        one = nth(delivered, n)
        moved_to = one.starts_at + timedelta(hours=hours)
        invitations.change_occurrence(one, OccurrencePlan(one.shown_title, moved_to, one.duration))
    letters_of_dave()
    third, fifth = nth(delivered, 3), nth(delivered, 5)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    renamed = plan(PEOPLE, rrule=rest, starts_at=third.starts_at, title="Winter timetable")
    invitations.change(delivered, renamed, since=third)
    message = next(found for found in letters_of_dave() if "Winter" in found.subject)
    assert "From Monday, 9 December 2030 on" in text_of(message)
    for said in (text_of(message), html_of(message)):
        assert "Mon 23 Dec is at another time, 17:00 to 17:45" in said
        assert "Mon 2 Dec is at another time" not in said
    fifth.refresh_from_db()
    assert fifth.series == fifth.meeting.last_series


def test_this_and_the_following_are_cancelled_in_one_letter(delivered, letters_of_dave):
    letters_of_dave()
    invitations.cancel_from(nth(delivered, 4))
    assert starts(delivered) == ["25.11. 14:00", "02.12. 14:00", "09.12. 14:00"]
    [message] = letters_of_dave()
    # No time: that would be one at which they meet.
    assert message.subject == "Cancelled from Mon 16 Dec on: Autumn timetable"
    text = text_of(message)
    assert (
        "Alice cancelled three dates of the series “Autumn timetable”, from Monday, 16 December 2030 on."
        in text
    )
    cancelled = [f"Mon {day}, 14:00" for day in ("16 Dec", "23 Dec", "30 Dec")]
    assert f"Cancelled: {'; '.join(cancelled)}\n" in text
    assert "asks again" not in text
    method, calendar = calendar_of(message)
    [event] = calendar.walk("VEVENT")
    assert method == "REQUEST"
    assert event["RRULE"]["UNTIL"] == [datetime(2030, 12, 9, 13, 0, tzinfo=UTC)]


def test_dates_that_are_cancelled_are_told_of_also_when_the_last_that_stays_is_over(
    delivered, letters_of_dave, monkeypatch
):
    letters_of_dave()
    first = nth(delivered, 1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: first.starts_at + timedelta(minutes=10))
    invitations.cancel_from(nth(delivered, 2))
    monkeypatch.setattr("django.utils.timezone.now", lambda: first.ends_at + timedelta(minutes=5))
    [message] = letters_of_dave()
    assert message.subject == "Cancelled from Mon 2 Dec on: Autumn timetable"
    _, calendar = calendar_of(message)
    [event] = calendar.walk("VEVENT")
    assert event["RRULE"]["UNTIL"] == [datetime(2030, 11, 25, 13, 0, tzinfo=UTC)]


def test_from_the_first_on_everything_is_cancelled(delivered, letters_of_dave):
    letters_of_dave()
    invitations.cancel_from(nth(delivered, 1))
    delivered.refresh_from_db()
    assert delivered.is_cancelled
    [message] = letters_of_dave()
    assert calendar_of(message)[0] == "CANCEL"


def test_cancelling_a_parted_series_takes_both_parts_out_of_the_calendar(delivered, letters_of_dave, plan):
    move_from(delivered, 3, plan)
    letters_of_dave()
    assert invitations.cancel(delivered) == Sent(updates=4)
    messages = letters_of_dave(everything=True)
    assert [(method, len(events)) for method, events in told(messages)] == [("CANCEL", 1), ("CANCEL", 1)]
    assert [str(event["UID"]) for _, [event] in told(messages)] == [
        str(delivered.current.uid),
        str(delivered.series.first().uid),
    ]
    said = "The file with this letter takes the meeting out of your calendar."
    for text in (text_of(messages[0]), html_of(messages[0])):
        assert f"{said} A short letter that follows takes out the earlier dates." in text
    assert messages[1].subject == "For your calendar: Autumn timetable (no longer from Mon 25 Nov)"
    assert "There is nothing you need to do." in text_of(messages[1])


def test_whoever_is_taken_off_a_parted_series_has_neither_part_left(delivered, letters_of_dave, plan):
    move_from(delivered, 3, plan)
    letters_of_dave()
    invitations.remove(delivered.attendees.get(name="Dave"))
    messages = letters_of_dave(everything=True)
    assert [method for method, _ in told(messages)] == ["CANCEL", "CANCEL"]


def test_whoever_is_taken_off_while_a_series_is_parted_is_told_only_of_what_they_had(
    delivered, letters_of_dave, plan
):
    letters_of_dave()
    uid, third = str(delivered.current.uid), nth(delivered, 3)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    later = plan("Bob <bob@example.org>", rrule=rest, starts_at=third.starts_at + timedelta(hours=2))
    assert invitations.change(delivered, later, since=third) == Sent(updates=2, removals=2)
    main, short = letters_of_dave(everything=True)
    # Of the new part they never heard.
    assert [part for part in parsed(main).walk() if part.get_content_type() == "text/calendar"] == []
    assert "A short letter that follows takes the meeting out of your calendar." in text_of(main)
    [(method, [event])] = told([short])
    assert (method, str(event["UID"])) == ("CANCEL", uid)


def test_a_letter_with_one_calendar_says_nothing_of_others(delivered, letters_of_dave):
    assert "short letter" not in text_of(letters_of_dave()[0])
    invitations.cancel_from(nth(delivered, 4))
    assert "short letter" not in text_of(letters_of_dave(everything=True)[0])


def test_whoever_is_invited_later_has_the_dates_of_the_earlier_part_too(delivered, plan, mailoutbox):
    move_from(delivered, 3, plan)
    delivery.deliver_due("test")
    mailoutbox.clear()
    last = delivered.current.occurrences.all()[0]
    people = f"{PEOPLE}, Erin <erin@far.example>"
    sent = invitations.change(
        delivered, plan(people, rrule=delivered.current.rrule, starts_at=last.starts_at)
    )
    # Nobody else is written to: for them nothing has changed.
    assert sent == Sent(invitations=2)
    delivery.deliver_due("test")
    main, short = mailoutbox
    assert main.to == short.to == ["erin@far.example"]
    (_, [new]), (method, [old]) = told([main, short])
    assert (method, old["SEQUENCE"] >= 0) == ("REQUEST", True)
    assert {str(new["UID"]), str(old["UID"])} == {
        str(delivered.current.uid),
        str(delivered.series.first().uid),
    }
    # They can say to each of these dates whether they come.
    text = text_of(short)
    assert "Will you come? Answer for each date" in text
    one = nth(delivered, 1)
    assert "Mon 25 Nov, 14:00: http" in text
    assert f"/answer/on/{one.pk}/" in text
    assert re.search(r"Answer for several of them at once: http\S+/answer/#coming", text)


def test_a_part_that_did_not_change_is_told_to_nobody(delivered, letters_of_dave, plan):
    move_from(delivered, 3, plan)
    letters_of_dave()
    rest = delivered.current.occurrences.all()[0]
    renamed = plan(PEOPLE, rrule=delivered.current.rrule, starts_at=rest.starts_at, title="Winter timetable")
    assert invitations.change(delivered, renamed) == Sent(updates=2)
    assert len(letters_of_dave(everything=True)) == 1


def test_what_was_said_to_the_dates_before_is_said_to_the_calendar_as_one_answer(
    delivered, letters_of_dave, plan
):
    invitations.respond(delivered.attendees.get(name="Dave"), PartStat.ACCEPTED)
    letters_of_dave()
    move_from(delivered, 3, plan)
    _, short = letters_of_dave(everything=True)
    [(_, [event])] = told([short])
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert "what you said still holds" in text_of(short)


def test_one_of_an_earlier_part_is_told_though_a_letter_about_the_rest_still_waits(
    delivered, letters_of_dave, plan
):
    move_from(delivered, 3, plan)
    letters_of_dave()
    rest = delivered.current.occurrences.all()[0]
    same = {"rrule": delivered.current.rrule, "starts_at": rest.starts_at}
    invitations.change(delivered, plan(PEOPLE, **same, title="Winter timetable"))
    invitations.cancel_occurrence(nth(delivered, 2))
    methods = [method for method, _ in told(letters_of_dave(everything=True))]
    assert sorted(methods) == ["CANCEL", "REQUEST"]


def test_a_short_letter_that_comes_back_is_seen_beside_its_attendee(delivered, letters_of_dave, plan):
    letters_of_dave()
    move_from(delivered, 3, plan)
    _, short = letters_of_dave(everything=True)
    delivery.note_bounce(parsed(short)["Message-ID"], "5.1.1 550 No such user")
    dave = delivered.attendees.get(name="Dave")
    state = delivery_state.letter_state(delivery_state.letters_to(delivered)[dave.pk])
    assert state is not None
    assert (state.words, state.failed) == ("Came back", True)


def test_how_many_letters_a_change_will_be_is_known_beforehand(client, alice, delivered, plan):
    client.force_login(alice)

    def following(n):
        return parts.letters_of_following(nth(delivered, n))

    # To one who stays, is new, is taken off.
    assert part_letters.letters_each(delivered) == 1
    assert following(3) == (2, 2, 2)
    move_from(delivered, 3, plan)
    delivered.refresh_from_db()
    assert part_letters.letters_each(delivered) == 2
    # The earlier part ends earlier; the one that goes on is the same.
    assert following(2) == (2, 2, 2)
    assert following(1) == (2, 1, 2)
    assert following(5) == (2, 3, 3)
    page = client.get(f"/meetings/{delivered.code}/cancel/").content.decode()
    assert "and a short one for each earlier part of the series" in page


def test_an_administrator_is_told_of_all_the_letters_that_a_cancellation_is(
    alice, delivered, plan, django_user_model
):
    move_from(delivered, 3, plan)
    root = django_user_model.objects.create_superuser("root@example.org", "Root")
    # Two each to Bob and Dave, and one to Alice.
    assert admin_actions.cancel([delivered], by=root) == (1, 5)
    delivery.deliver_due("test")
    [letter] = Letter.objects.filter(recipient=alice.email)
    assert letter.payload["letters"] == 2


def test_every_letter_counts_for_the_day(alice, delivered, plan):
    before = quota.left(alice)
    move_from(delivered, 3, plan)
    assert quota.left(alice) == before - 4


# -- the last date --------------------------------------------------------------------------------


def test_the_last_date_is_cancelled_by_its_name(delivered, letters_of_dave):
    letters_of_dave()
    invitations.cancel_from(nth(delivered, 6))
    [message] = letters_of_dave()
    assert message.subject == "Cancelled: Autumn timetable (Mon 30 Dec, 14:00)"
    said = "cancelled the last date of the series “Autumn timetable”: Monday, 30 December 2030."
    assert said in text_of(message)
    assert "Cancelled: Mon 30 Dec, 14:00\nStill to come:\n" in text_of(message)
    assert "</strong> the last date of the series “<bdi>Autumn timetable</bdi>”: Monday, 30" in html_of(
        message
    )


def test_the_last_date_is_changed_by_its_name(delivered, letters_of_dave, plan):
    letters_of_dave()
    move_from(delivered, 6, plan)
    [message] = letters_of_dave()
    assert message.subject == "Moved: Autumn timetable (Mon 30 Dec, 16:00)"
    text = text_of(message)
    said = "Alice changed the last date of the series “Autumn timetable”: Monday, 30 December 2030."
    assert text.startswith(f"{said}\n\nAutumn timetable\n")
    assert (
        "\nMonday, 30 December 2030, 16:00 to 16:45\nBerlin time\n"
        "(before: Monday, 30 December 2030, 14:00 to 14:45)\nWhat comes before stays as it is.\n" in text
    )
    assert "Will you come on Monday, 30 December 2030?" in text
    assert (
        "changed the last date of the series “<bdi>Autumn timetable</bdi>”: Monday, 30 December 2030."
        in html_of(message)
    )


def test_what_follows_can_become_one_meeting_that_does_not_repeat(delivered, letters_of_dave, plan):
    letters_of_dave()
    third = nth(delivered, 3)
    invitations.change(delivered, plan(PEOPLE, starts_at=third.starts_at + timedelta(hours=2)), since=third)
    assert starts(delivered) == ["25.11. 14:00", "02.12. 14:00", "09.12. 16:00"]
    [message] = letters_of_dave()
    text = text_of(message)
    assert message.subject == "Moved from Mon 9 Dec on: Autumn timetable (Mon 9 Dec, 16:00)"
    assert "changed the series “Autumn timetable” from Monday, 9 December 2030 on." in text
    assert (
        "From Monday, 9 December 2030 on, once:\nMonday, 9 December 2030, 16:00 to 16:45\nBerlin time\n"
        in text
    )
    # What it was: the others are no more.
    assert "(before: Every Monday from 14:00 to 14:45, Berlin time, four times)" in text


def test_a_date_that_was_cancelled_meanwhile_does_not_make_the_other_the_last_one(
    delivered, letters_of_dave, plan
):
    letters_of_dave()
    move_from(delivered, 5, plan)
    invitations.cancel_occurrence(nth(delivered, 5))
    [message] = letters_of_dave()
    text = text_of(message)
    assert "changed the series “Autumn timetable” from Monday, 23 December 2030 on." in text
    assert "\nMonday, 30 December 2030, 16:00 to 16:45\n" in text
    assert "But: Mon 23 Dec is cancelled." in text


def test_a_last_date_that_had_been_moved_is_named_as_it_was_known(delivered, letters_of_dave, plan):
    last = nth(delivered, 6)
    day_later = last.starts_at + timedelta(hours=20)
    known = OccurrencePlan(last.meeting.title, day_later, timedelta(minutes=30))
    invitations.change_occurrence(last, known)
    letters_of_dave()
    move_from(delivered, 6, plan)
    [message] = letters_of_dave()
    text = text_of(message)
    assert "changed the last date of the series “Autumn timetable”: Tuesday, 31 December 2030." in text
    assert "(before: Tuesday, 31 December 2030, 10:00 to 10:30)" in text


@pytest.mark.parametrize(
    ("n", "subject", "words"),
    [
        (
            6,
            "Changed: Winter timetable (Mon 30 Dec, 14:00)",
            "changed the last date of the series “Winter timetable”: Monday, 30 December",
        ),
        (
            5,
            "Changed from Mon 23 Dec on: Winter timetable (Mon 23 Dec, 14:00)",
            "changed the series “Winter timetable” from Monday, 23",
        ),
    ],
)
def test_a_new_title_alone_moves_nothing_in_the_letter(delivered, letters_of_dave, plan, n, subject, words):
    letters_of_dave()
    since = nth(delivered, n)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, since.recurrence_id)
    renamed = plan(PEOPLE, rrule=rest, starts_at=since.starts_at, title="Winter timetable")
    invitations.change(delivered, renamed, since=since)
    [message] = letters_of_dave()
    assert message.subject == subject
    assert words in text_of(message)
    assert "(before: Autumn timetable)" in text_of(message)
    assert text_of(message).count("before:") == 1
    assert "asks again" not in text_of(message)


def test_what_is_cancelled_as_a_whole_has_no_next_dates(delivered, letters_of_dave, plan):
    move_from(delivered, 4, plan)
    invitations.cancel_occurrence(nth(delivered, 2))
    letters_of_dave()
    invitations.cancel(delivered)
    [message] = letters_of_dave()
    assert "Next, " not in text_of(message)
    assert "But: " not in text_of(message)
    assert "The file with this letter takes the meeting out of your calendar." in text_of(message)


@pytest.mark.parametrize(
    ("since", "asked", "scope"),
    [
        (4, "from Monday, 16 December 2030 on", "All from Monday, 16 December 2030 on"),
        (6, "on Monday, 30 December 2030", "The last one, on Monday, 30 December 2030"),
    ],
)
def test_what_an_answer_to_a_parted_series_holds_for_is_said_wherever_it_is_asked_for(
    client, alice, delivered, letters_of_dave, plan, since, asked, scope
):
    letters_of_dave()
    move_from(delivered, since, plan)
    [message] = letters_of_dave()
    assert f"Will you come {asked}?" in text_of(message)
    assert f"Will you come {asked}?" in html_of(message)
    address = f"/i/{secret_of(message)}/answer/"
    page = markup(client.get(f"{address}?answer=no"))
    assert f"Will you come {asked}?" in page
    assert f"It holds {asked}; what comes before is answered one by one" in page
    page = markup(client.post(address, {"answer": "no", "about": delivered.appointment}, follow=True))
    assert "You said no" in page
    assert f"It holds {asked}. You can change it" in page
    invitations.cancel_occurrence(nth(delivered, 2))
    assert "But: Mon 2 Dec is cancelled." in markup(client.get(address))
    client.force_login(alice)
    first = nth(delivered, 1)
    page = client.get(f"/meetings/{delivered.code}/edit/?occurrence={first.pk}").content.decode()
    assert scope in page


@pytest.mark.parametrize(
    ("count", "more"),
    [
        (4, ""),
        (5, "; and one more, on Monday, 23 December 2030"),
        (16, "; and twelve more, until Monday, 10 March 2031"),
    ],
)
def test_an_invitation_names_the_next_dates_and_how_many_more_there_are(
    alice, bob, plan, mailoutbox, count, more
):
    invitations.schedule(alice, plan(PEOPLE, rrule=str(Rule("WEEKLY", count=count))))
    delivery.deliver_due("test")
    dave = next(message for message in mailoutbox if message.to == ["dave@far.example"])
    named = [f"Mon {day}, 14:00" for day in ("25 Nov", "2 Dec", "9 Dec", "16 Dec")]
    assert f"Next, Berlin time: {'; '.join(named)}{more}\n" in text_of(dave)
    assert f"Mon 16 Dec, 14:00</span>{more}</p>" in html_of(dave)


def test_from_a_parting_on_a_cancellation_returns_to_the_part_before(delivered, letters_of_dave, plan):
    uid, third = delivered.current.uid, nth(delivered, 3)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    later = third.starts_at + timedelta(hours=2)
    invitations.change(delivered, plan(PEOPLE, rrule=rest, starts_at=later), since=third)
    letters_of_dave()
    parted = delivered.current.uid
    invitations.cancel_from(nth(delivered, 2))
    assert starts(delivered) == ["25.11. 14:00"]
    assert delivered.current.uid == uid
    messages = letters_of_dave(everything=True)
    (method, [event]), (other_method, [other]) = told(messages)
    assert (method, str(event["UID"])) == ("REQUEST", str(uid))
    assert (other_method, str(other["UID"])) == ("CANCEL", str(parted))
    assert "from Monday, 9 December 2030 on" in text_of(messages[1])


def test_this_and_the_following_again_within_the_earlier_part(delivered, letters_of_dave, plan):
    fourth = nth(delivered, 4)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, fourth.recurrence_id)
    at_four = plan(PEOPLE, rrule=rest, starts_at=fourth.starts_at + timedelta(hours=2))
    invitations.change(delivered, at_four, since=fourth)
    second = nth(delivered, 2)
    at_five = plan(
        PEOPLE, rrule=str(Rule("WEEKLY", count=3)), starts_at=second.starts_at + timedelta(hours=3)
    )
    letters_of_dave()
    invitations.change(delivered, at_five, since=second)
    assert starts(delivered) == ["25.11. 14:00", "02.12. 17:00", "09.12. 17:00", "16.12. 17:00"]
    messages = letters_of_dave(everything=True)
    assert [method for method, _ in told(messages)] == ["REQUEST", "REQUEST"]


def test_what_was_said_to_the_dates_before_stays_whatever_is_said_to_the_rest(delivered, plan):
    dave = delivered.attendees.get(name="Dave")
    third = nth(delivered, 3)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    later = plan(PEOPLE, rrule=rest, starts_at=third.starts_at + timedelta(hours=1))
    invitations.change(delivered, later, since=third)
    invitations.respond(dave, PartStat.DECLINED)
    said = [nth(delivered, n).answer_of(dave).partstat for n in (1, 2)]
    assert said == [PartStat.NEEDS_ACTION] * 2


def test_dates_before_a_new_time_are_not_marked_as_different(delivered, plan):
    third = nth(delivered, 3)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    later = plan(PEOPLE, rrule=rest, starts_at=third.starts_at + timedelta(hours=1))
    invitations.change(delivered, later, since=third)
    assert not any(occurrence.differs for occurrence in delivered.occurrences.all())


def test_a_parted_series_says_how_all_of_it_goes_on(delivered, plan):
    third = nth(delivered, 3)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    later = plan(PEOPLE, rrule=rest, starts_at=third.starts_at + timedelta(hours=1))
    invitations.change(delivered, later, since=third)
    assert dates.rule_of(delivered) == (
        "Every Monday at 14:00, Berlin time, until 2 December 2030; "
        "then every Monday at 15:00, Berlin time, four times"
    )


def test_parts_that_differ_in_nothing_but_their_names_are_said_as_one_rule(delivered, plan):
    third = nth(delivered, 3)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    renamed = plan(PEOPLE, rrule=rest, starts_at=third.starts_at, title="Winter timetable")
    invitations.change(delivered, renamed, since=third)
    assert delivered.series.count() == 2
    assert dates.rule_of(delivered) == "Every Monday at 14:00, Berlin time, until 30 December 2030"


def test_new_words_for_the_part_that_goes_on_leave_the_dates_before_as_they_were(
    in_three_parts, plan, mailoutbox
):
    last = in_three_parts.occurrences.all()[6]
    mailoutbox.clear()
    words = {"title": "Winter timetable", "agenda": "Snow"}
    invitations.change(in_three_parts, plan(PEOPLE, rrule=days(3), starts_at=last.starts_at, **words))
    titles = [o.shown_title for o in in_three_parts.occurrences.all()]
    assert titles == ["Autumn timetable"] * 6 + ["Winter timetable"] * 3
    assert [o.shown_agenda == "Snow" for o in in_three_parts.occurrences.all()] == [False] * 6 + [True] * 3
    delivery.deliver_due("test")
    # The dates before are as calendars know them.
    [dave] = [message for message in mailoutbox if message.to == ["dave@far.example"]]
    [(_, [event])] = told([dave])
    assert str(event["SUMMARY"]) == "Winter timetable"


def test_a_new_agenda_alone_for_one_and_the_following_parts_nothing_and_writes_to_nobody(
    delivered, plan, mailoutbox
):
    mailoutbox.clear()
    uid, sequence = delivered.current.uid, delivered.current.sequence
    dave = delivered.attendees.get(email="dave@far.example")
    invitations.respond(dave, dave.PartStat.ACCEPTED)

    def say(nth_one, agenda):
        since = nth(delivered, nth_one)
        rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, since.recurrence_id)
        later = plan(PEOPLE, rrule=rest, starts_at=since.starts_at, agenda=agenda)
        return invitations.change(delivered, later, since=since)

    before = nth(delivered, 1).shown_agenda
    count = delivered.occurrences.count()
    assert say(3, "Snow") == invitations.Sent()
    agendas = [o.shown_agenda for o in delivered.occurrences.all()]
    assert agendas == [before] * 2 + ["Snow"] * (count - 2)
    assert parts.agenda_from(nth(delivered, 4)) == "Snow"
    assert say(4, "Ice") == invitations.Sent()
    agendas = [o.shown_agenda for o in delivered.occurrences.all()]
    assert agendas == [before] * 2 + ["Snow"] + ["Ice"] * (count - 3)
    delivered.refresh_from_db()
    assert (delivered.current.uid, delivered.current.sequence) == (uid, sequence)
    assert delivered.series.count() == 1
    dave.refresh_from_db()
    assert dave.answer.partstat == dave.PartStat.ACCEPTED
    delivery.deliver_due("test")
    assert not mailoutbox


# -- all ----------------------------------------------------------------------------------------


def test_a_series_that_has_begun_keeps_what_is_over(alice, bob, plan, soon):
    start = soon - timedelta(days=15)
    days = str(Rule("DAILY", count=20))
    meeting = invitations.schedule(alice, plan(PEOPLE, starts_at=start, rrule=days))
    over = [o.pk for o in meeting.occurrences.all()[:15]]
    later = plan(PEOPLE, starts_at=start + timedelta(hours=1), rrule=days)
    invitations.change(meeting, later)
    kept = meeting.occurrences.filter(pk__in=over)
    assert [o.starts_at for o in kept] == [start + timedelta(days=n) for n in range(15)]
    coming = meeting.occurrences.exclude(pk__in=over)
    assert len(coming) == 5
    assert coming[0].starts_at == meeting.starts_at == start + timedelta(days=15, hours=1)


def test_a_new_time_of_day_keeps_what_is_cancelled(delivered, plan):
    invitations.cancel_occurrence(nth(delivered, 2))
    earlier = plan(PEOPLE, rrule=MONDAYS, starts_at=delivered.starts_at - timedelta(hours=1))
    invitations.change(delivered, earlier)
    assert [o.cancelled_at is not None for o in delivered.occurrences.all()] == [False, True, *[False] * 4]


def test_a_single_meeting_can_become_a_series_and_back(alice, bob, plan):
    meeting = invitations.schedule(alice, plan(PEOPLE))
    invitations.change(meeting, plan(PEOPLE, rrule=MONDAYS))
    assert meeting.occurrences.count() == 6
    invitations.change(meeting, plan(PEOPLE))
    assert meeting.occurrences.count() == 1


def test_the_letter_says_the_rule_on_the_organizers_clock_and_the_days_on_the_readers(
    mondays, letters_of_dave
):
    Attendee.objects.filter(name="Dave").update(time_zone="Asia/Tokyo")
    [message] = letters_of_dave()
    assert message.subject == "Autumn timetable (Mon 25 Nov, 22:00)"
    text = text_of(message)
    assert "Every Monday from 14:00 to 14:45, Berlin time, six times" in text
    assert "Next, Tokyo time: Mon 25 Nov, 22:00; Mon 2 Dec, 22:00" in text


# -- answers ------------------------------------------------------------------------------------


def test_an_answer_for_one_occurrence_leaves_the_others(delivered):
    dave = delivered.attendees.get(name="Dave")
    second = nth(delivered, 2)
    assert invitations.respond(dave, PartStat.DECLINED, "At the dentist", occurrence=second)
    answer = dave.answers.get(occurrence=second)
    assert (answer.partstat, answer.note) == ("DECLINED", "At the dentist")
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.NEEDS_ACTION


def test_an_answer_for_the_series_holds_for_all_of_it(delivered):
    dave = delivered.attendees.get(name="Dave")
    invitations.respond(dave, PartStat.DECLINED, occurrence=nth(delivered, 2))
    invitations.respond(dave, PartStat.ACCEPTED)
    assert not Answer.objects.to_one().exists()


def test_an_answer_to_a_time_that_is_no_longer_true_is_not_taken(delivered):
    dave, second = delivered.attendees.get(name="Dave"), nth(delivered, 2)
    asked = second.appointment
    invitations.change_occurrence(
        second, OccurrencePlan("Autumn timetable", second.starts_at + timedelta(hours=1), second.duration)
    )
    assert not invitations.respond(dave, PartStat.ACCEPTED, about=asked, occurrence=second)


def test_cancelling_tells_nothing_about_an_occurrence_to_whoever_was_removed(delivered, letters_of_dave):
    invitations.remove(delivered.attendees.get(name="Dave"))
    letters_of_dave()
    invitations.cancel_occurrence(nth(delivered, 2))
    assert letters_of_dave() == []
    assert not Letter.objects.filter(kind="occurrence-cancellation", recipient="dave@far.example").exists()


# -- what is easily forgotten -------------------------------------------------------------------


def days(n):
    return str(Rule("DAILY", count=n))


def test_a_change_of_the_agenda_brings_nothing_back(alice, bob, plan):
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=days(2)))
    first, second = meeting.occurrences.all()
    invitations.cancel_occurrence(first)
    later = OccurrencePlan(meeting.title, second.starts_at + timedelta(hours=1), second.duration)
    invitations.change_occurrence(second, later)
    meeting.refresh_from_db()
    invitations.change(meeting, plan(PEOPLE, rrule=days(2), agenda="Fares (10)"))
    first.refresh_from_db()
    assert first.cancelled_at


def test_a_series_cannot_become_one_meeting_that_is_over(alice, bob, plan, soon):
    begun = soon - timedelta(days=3)
    meeting = invitations.schedule(alice, plan(PEOPLE, starts_at=begun, rrule=days(9)))
    with pytest.raises(invitations.InThePast):
        invitations.change(meeting, plan(PEOPLE, starts_at=begun))
    assert meeting.occurrences.count() == 9


@pytest.fixture
def in_three_parts(alice, bob, plan):
    """Nine days: three at 14:00, three at 15:00, three at 16:00, and everybody knows."""
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=days(9)))
    for first in (3, 6):
        since = meeting.occurrences.all()[first]
        later = meeting.occurrences.all()[first].starts_at + timedelta(hours=1)
        invitations.change(meeting, plan(PEOPLE, rrule=days(9 - first), starts_at=later), since=since)
    delivery.deliver_due("test")
    assert [o.starts_at.astimezone(BERLIN).hour for o in meeting.occurrences.all()] == [
        *[14] * 3,
        *[15] * 3,
        *[16] * 3,
    ]
    return meeting


def test_this_and_the_following_ends_all_the_parts_that_follow(in_three_parts, plan, mailoutbox):
    second = in_three_parts.occurrences.all()[1]
    new = plan(PEOPLE, rrule=days(2), starts_at=second.starts_at + timedelta(hours=6))
    mailoutbox.clear()
    invitations.change(in_three_parts, new, since=second)
    assert starts(in_three_parts) == ["25.11. 14:00", "26.11. 20:00", "27.11. 20:00"]
    delivery.deliver_due("test")
    messages = [message for message in mailoutbox if message.to == ["dave@far.example"]]
    assert [method for method, _ in told(messages)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert "2 short letters for your calendar follow" in text_of(messages[0])
    assert [is_short(message) for message in messages] == [False, True, True]


def test_all_that_follows_can_be_cancelled_from_any_part(in_three_parts, mailoutbox):
    uids = {str(part.uid) for part in in_three_parts.series.all()}
    mailoutbox.clear()
    invitations.cancel_from(in_three_parts.occurrences.all()[1])
    assert starts(in_three_parts) == ["25.11. 14:00"]
    assert in_three_parts.series.not_cancelled().count() == 1
    delivery.deliver_due("test")
    messages = [message for message in mailoutbox if message.to == ["dave@far.example"]]
    methods = {str(event["UID"]): method for method, [event] in told(messages)}
    assert set(methods) == uids
    assert methods[str(in_three_parts.current.uid)] == "REQUEST"
    assert sorted(methods.values()) == ["CANCEL", "CANCEL", "REQUEST"]


def test_what_comes_before_goes_by_the_rule_and_not_by_where_it_was_moved(alice, bob, plan):
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=days(5)))
    first, *others = meeting.occurrences.all()
    behind = OccurrencePlan(meeting.title, others[1].starts_at + timedelta(hours=2), first.duration)
    invitations.change_occurrence(first, behind)
    assert not parts.before_in_series(first).exists()
    assert [o.pk for o in parts.before_in_series(others[0])] == [first.pk]


def test_one_that_was_put_off_stays_where_it_was_put_when_all_get_a_new_time(alice, bob, plan, soon):
    begun = soon - timedelta(days=3)
    meeting = invitations.schedule(alice, plan(PEOPLE, starts_at=begun, rrule=days(9)))
    yesterday = meeting.occurrences.all()[2]
    put_off = begun + timedelta(days=20)
    invitations.change_occurrence(yesterday, OccurrencePlan(meeting.title, put_off, yesterday.duration))
    meeting.refresh_from_db()
    invitations.change(meeting, plan(PEOPLE, starts_at=begun + timedelta(hours=1), rrule=days(9)))
    assert put_off in [o.starts_at for o in meeting.occurrences.all()]
    assert meeting.occurrences.count() == 9


def test_a_new_title_for_what_follows_asks_nobody_again(delivered, plan):
    dave = delivered.attendees.get(name="Dave")
    invitations.respond(dave, PartStat.ACCEPTED)
    third = nth(delivered, 3)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    renamed = plan(PEOPLE, rrule=rest, starts_at=third.starts_at, title="Winter timetable")
    assert invitations.change(delivered, renamed, since=third) == Sent(updates=4)
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.ACCEPTED


def test_a_new_time_for_what_follows_keeps_the_answers_to_what_stays(delivered, plan):
    dave = delivered.attendees.get(name="Dave")
    invitations.respond(dave, PartStat.ACCEPTED)
    third = nth(delivered, 3)
    rest = recurrence.rest(delivered.current.rrule, delivered.current.wall_clock, third.recurrence_id)
    later = plan(PEOPLE, rrule=rest, starts_at=third.starts_at + timedelta(hours=1))
    invitations.change(delivered, later, since=third)
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.NEEDS_ACTION
    said = [nth(delivered, n).answer_of(dave).partstat for n in (1, 2)]
    assert said == [PartStat.ACCEPTED] * 2


def test_what_took_place_before_the_cancellation_was_not_cancelled(alice, bob, plan, soon):
    meeting = invitations.schedule(alice, plan(PEOPLE, starts_at=soon - timedelta(days=3), rrule=days(9)))
    invitations.cancel(meeting)
    meeting.refresh_from_db()
    assert [o.is_cancelled for o in meeting.occurrences.all()] == [*[False] * 3, *[True] * 6]
    assert meeting.occurrences.not_cancelled().count() == 3


def test_a_meeting_that_is_over_is_not_cancelled(alice, plan, soon):
    meeting = invitations.schedule(alice, plan(starts_at=soon - timedelta(days=3)))
    invitations.cancel(meeting)
    meeting.refresh_from_db()
    assert not meeting.is_cancelled


def test_a_series_from_a_time_that_the_clocks_skip_keeps_its_time_on_the_wall(alice, bob, plan):
    night = recurrence.moment("2031-03-29T02:30", BERLIN)
    meeting = invitations.schedule(alice, plan(PEOPLE, starts_at=night, rrule=days(4)))
    skipped = meeting.occurrences.all()[1]
    renamed = plan(PEOPLE, starts_at=skipped.starts_at, rrule=days(3), title="Night shift")
    invitations.change(meeting, renamed, since=skipped)
    assert starts(meeting) == ["29.03. 02:30", "30.03. 03:30", "31.03. 02:30", "01.04. 02:30"]


def test_a_download_of_a_parted_series_has_all_that_is_to_come(in_three_parts):
    found = Calendar.from_ical(events.download(in_three_parts)).walk("VEVENT")
    assert len({str(event["UID"]) for event in found}) == 3


def test_whoever_is_invited_again_has_said_nothing_to_any_date(delivered, plan):
    dave = delivered.attendees.get(name="Dave")
    invitations.respond(dave, PartStat.ACCEPTED)
    invitations.respond(dave, PartStat.DECLINED, occurrence=nth(delivered, 2))
    invitations.remove(dave)
    invitations.change(delivered, plan(PEOPLE, rrule=MONDAYS))
    assert not Answer.objects.exclude(partstat__in=("", PartStat.NEEDS_ACTION)).exists()


def test_a_parted_series_says_which_dates_a_change_of_all_is_about(client, alice, in_three_parts):
    client.force_login(alice)
    first = in_three_parts.occurrences.all()[0]
    page = client.get(f"/meetings/{in_three_parts.code}/edit/?occurrence={first.pk}").content.decode()
    assert "All from Sunday, 1 December 2030 on" in page
    # Words that long stand in a column, as wide as the form.
    assert 'class="scopes scopes-apart"' in page
    page = client.get(f"/meetings/{in_three_parts.code}/cancel/?occurrence={first.pk}").content.decode()
    assert "All that are still to come" in page


def test_what_follows_one_of_an_earlier_part_is_changed_with_it(client, alice, in_three_parts):
    client.force_login(alice)
    first, last = in_three_parts.occurrences.all()[0], in_three_parts.occurrences.all()[6]
    scopes = {}
    for one in first, last:
        address = f"/meetings/{in_three_parts.code}/edit/?occurrence={one.pk}&scope=following"
        page = client.get(address).context
        scopes[one] = ([scope for scope, _ in page["subject"].changeable], page["subject"].scope)
    assert scopes[first] == (["one", "following", "all"], "following")
    # With the first of the last part, it and the following are all that this is about.
    assert scopes[last] == (["one", "all"], "all")


# -- what is said when it is done -------------------------------------------------------------------


def said_after(client, meeting, action, n, scope, **fields):
    """What the page says once this is done to the nth date."""
    address = f"/meetings/{meeting.code}/{action}/?occurrence={nth(meeting, n).pk}&scope={scope}"
    page = client.post(address, {"scope": scope, **fields}, follow=True)
    [message] = page.context["messages"]
    return str(message)


@pytest.mark.parametrize(
    ("n", "scope", "said"),
    [
        (3, "one", "Mon 9 Dec 2030 is cancelled. Everybody who was invited gets a letter."),
        (3, "following", "Cancelled from Mon 9 Dec 2030 on. Everybody who was invited gets a letter."),
        (6, "following", "Mon 30 Dec 2030 is cancelled. Everybody who was invited gets a letter."),
        (1, "all", "The series is cancelled. Everybody who was invited gets a letter."),
    ],
)
def test_it_says_which_dates_were_cancelled(client, alice, delivered, n, scope, said):
    client.force_login(alice)
    assert said_after(client, delivered, "cancel", n, scope) == said


ONE = {"title": "Autumn timetable", "date": "2030-12-09", "time": "16:00", "length": "45"}
REST = {
    **{**ONE, "zone": "Europe/Berlin", "access": "anyone", "people": PEOPLE.replace(", ", "\n")},
    **{"repeats": "weekly", "every": "1", "days": "0", "ends": "count"},
}


@pytest.mark.parametrize(
    ("n", "scope", "fields", "said"),
    [
        (3, "one", ONE, "Mon 9 Dec 2030 is changed. Two letters about the change are on the way."),
        (
            3,
            "following",
            {**REST, "times": "4"},
            "Changed from Mon 9 Dec 2030 on. Four letters about the change are on the way.",
        ),
        (
            6,
            "following",
            {**REST, "date": "2030-12-30", "times": "1"},
            "Mon 30 Dec 2030 is changed. Four letters about the change are on the way.",
        ),
        (3, "one", {**ONE, "time": "14:00"}, "Saved. Nobody needed a letter for that."),
        (3, "following", {**REST, "time": "14:00", "times": "4"}, "Saved. Nobody needed a letter for that."),
    ],
)
def test_it_says_which_dates_were_changed(client, alice, delivered, n, scope, fields, said):
    client.force_login(alice)
    assert said_after(client, delivered, "edit", n, scope, **fields) == said


# -- letters from before there were short ones ----------------------------------------------------


def as_it_was(meeting):
    """The letters that wait were written when one of them carried the calendars of all parts."""
    gone = {letter.payload["main"]: letter.payload["told"] for letter in Letter.objects.filter(kind="part")}
    Letter.objects.filter(kind="part", sent_at=None).delete()
    for letter in Letter.objects.filter(sent_at=None):
        payload = {
            name: letter.payload[name]
            for name in ("attendee", "previous", "before")
            if name in letter.payload
        }
        if letter.pk in gone:
            payload["ended"] = [gone[letter.pk]]
        Letter.objects.filter(pk=letter.pk).update(payload=payload)


def test_a_letter_that_waited_at_the_upgrade_has_the_short_ones_written_for_it(
    delivered, letters_of_dave, plan
):
    letters_of_dave()
    move_from(delivered, 3, plan)
    as_it_was(delivered)
    main, short = letters_of_dave(everything=True)
    assert not is_short(main)
    assert is_short(short)
    assert told([short])[0][0] == "REQUEST"
    assert not letters_of_dave(everything=True)


def test_a_cancellation_that_waited_at_the_upgrade_takes_every_part_out_of_the_calendar(
    delivered, letters_of_dave, plan
):
    move_from(delivered, 3, plan)
    letters_of_dave()
    invitations.cancel(delivered)
    as_it_was(delivered)
    messages = letters_of_dave(everything=True)
    methods = {str(event["UID"]): method for method, events in told(messages) for event in events}
    parts_and_whole = {str(part.uid) for part in delivered.series.all()}
    assert methods == dict.fromkeys(parts_and_whole, "CANCEL")
