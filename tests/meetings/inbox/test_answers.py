"""Answers by mail that are not quite as a standard has them, or come when much has happened since."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from meetings.inbox import ingest
from meetings.inbox.answers import Outcome
from meetings.models import Attendee, Meeting
from meetings.pages import overview, responses
from meetings.plans import invitations
from meetings.plans.invitations import OccurrencePlan
from tests.meetings.conftest import MONDAY
from tests.meetings.inbox.post import answer_to, calendar_in, own_answers

PartStat = Attendee.PartStat
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("replies")]

SECOND: dict[str, Any] = {"RECURRENCE-ID": "20301202T130000Z"}


def now_is(attendee: Attendee) -> Attendee:
    attendee.refresh_from_db()
    return attendee


def answering(
    message: Any, *events: str, method: str = "REPLY", headers: str = "", at: datetime | None = None
) -> bytes:
    """A reply with these events; `{uid}`, `{sequence}`, `{organizer}` and `{now}` are those of the letter."""
    [event, *_] = calendar_in(message).walk("VEVENT")
    facts = {
        "uid": event["UID"],
        "sequence": event["SEQUENCE"],
        "organizer": event["ORGANIZER"],
        "now": f"{at or timezone.now():%Y%m%dT%H%M%SZ}",
    }
    inner = "".join(f"BEGIN:VEVENT\n{one.format(**facts)}\nEND:VEVENT\n" for one in events)
    calendar = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:{method}\n{inner}END:VCALENDAR\n"
    text = f"{headers}From: dave@far.example\nContent-Type: text/calendar; method={method}\n\n{calendar}"
    return text.replace("\n", "\r\n").encode()


def by_way_of_a_server(raw: bytes, *, written: timedelta, taken: timedelta) -> bytes:
    """With the traces that every mail has, by its writer's clock and by that of the first server."""
    now = timezone.now()
    trace = f"Received: from phone by mail.far.example; {format_datetime(now + taken)}\r\n"
    return f"{trace}Date: {format_datetime(now + written)}\r\n".encode() + raw


# -- several answers in one letter ---------------------------------------------------------------

WHOLE = (
    "UID:{uid}\nSEQUENCE:{sequence}\nDTSTAMP:{now}\nORGANIZER:{organizer}\n"
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:dave@far.example"
)
ONE = (
    "UID:{uid}\nSEQUENCE:{sequence}\nDTSTAMP:{now}\nORGANIZER:{organizer}\nRECURRENCE-ID:20301202T130000Z\n"
    "ATTENDEE;PARTSTAT=DECLINED:mailto:dave@far.example"
)


@pytest.mark.parametrize("events", [(WHOLE, ONE), (ONE, WHOLE)])
def test_yes_to_all_and_no_to_one_in_one_letter_are_both_kept(mondays, open_letter, events):
    dave = mondays.attendees.get()
    raw = answering(open_letter(dave), *events)
    for expected in (Outcome.TAKEN, Outcome.NOTHING_NEW):
        assert ingest.take(raw).outcome is expected
        assert now_is(dave).answer.partstat == PartStat.ACCEPTED
        assert own_answers(dave) == {"02": PartStat.DECLINED}


@pytest.mark.parametrize("events", [(WHOLE, ONE), (ONE, WHOLE)])
def test_they_may_come_in_two_letters_of_the_same_second(mondays, open_letter, events):
    dave = mondays.attendees.get()
    message = open_letter(dave)
    now = timezone.now()
    for one in [answering(message, event, at=now) for event in events]:
        assert ingest.take(one).outcome is Outcome.TAKEN
    assert now_is(dave).answer.partstat == PartStat.ACCEPTED
    assert own_answers(dave) == {"02": PartStat.DECLINED}


def test_yes_to_all_once_more_holds_for_what_was_declined_before(mondays, open_letter):
    dave = mondays.attendees.get()
    message, hour = open_letter(dave), timedelta(hours=1)
    ingest.take(answer_to(message, "ACCEPTED", at=-3 * hour))
    ingest.take(answer_to(message, "DECLINED", at=-2 * hour, **SECOND))
    assert own_answers(dave) == {"02": PartStat.DECLINED}
    assert ingest.take(answer_to(message, "ACCEPTED", at=-hour)).outcome is Outcome.TAKEN
    assert own_answers(dave) == {}


def test_one_event_that_nobody_can_read_does_not_lose_the_others(mondays, open_letter):
    dave = mondays.attendees.get()
    raw = answering(open_letter(dave), "UID:{uid}\nSEQUENCE:x", WHOLE)
    assert ingest.take(raw).outcome is Outcome.TAKEN
    assert now_is(dave).answer.partstat == PartStat.ACCEPTED


# -- one date of a series, however it is named ----------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "RECURRENCE-ID;VALUE=DATE:20301202",
        "RECURRENCE-ID;TZID=tzone://Microsoft/Utc:20301202T130000",
        'RECURRENCE-ID;TZID="tzone://Microsoft/Utc":20301202T130000',
        "RECURRENCE-ID:20301202T140000+0100",
        "RECURRENCE-ID;TZID=/freeassociation.sourceforge.net/America/New_York:20301202T080000",
        "RECURRENCE-ID;TZID=/mozilla.org/20050126_1/Europe/Berlin:20301202T140000",
        'RECURRENCE-ID;TZID="(UTC-05:00) Eastern Time (US & Canada)":20301202T080000',
        # A zone that nobody knows, where it was another time of day: only one Monday is near.
        "RECURRENCE-ID;TZID=Our office:20301202T080000",
    ],
)
def test_no_to_one_date_is_never_no_to_all(mondays, open_letter, line):
    dave = mondays.attendees.get()
    raw = answering(open_letter(dave), ONE.replace("RECURRENCE-ID:20301202T130000Z", line))
    assert ingest.take(raw).outcome is Outcome.TAKEN
    assert own_answers(dave) == {"02": PartStat.DECLINED}
    assert now_is(dave).answer.partstat == PartStat.NEEDS_ACTION


@pytest.mark.parametrize(
    "line", ["RECURRENCE-ID:", "RECURRENCE-ID:soon", "RECURRENCE-ID;TZID=Europe/Berlin:"]
)
def test_no_to_a_date_that_cannot_be_read_is_refused(mondays, open_letter, line):
    dave = mondays.attendees.get()
    raw = answering(open_letter(dave), ONE.replace("RECURRENCE-ID:20301202T130000Z", line))
    result = ingest.take(raw)
    assert result.outcome is Outcome.UNREADABLE
    assert "one date" in result.words
    assert own_answers(dave) == {}
    assert now_is(dave).answer.partstat == PartStat.NEEDS_ACTION


def test_where_there_is_one_date_it_need_not_be_readable(letter_to, invited):
    unclear: dict[str, Any] = {"RECURRENCE-ID;VALUE=PERIOD": "?"}
    assert ingest.take(answer_to(letter_to("dave"), **unclear)).outcome is Outcome.TAKEN
    assert invited("dave").answer.partstat == PartStat.ACCEPTED


def test_no_to_one_date_and_those_after_it_is_recorded_for_each(mondays, open_letter):
    dave = mondays.attendees.get()
    following: dict[str, Any] = {"RECURRENCE-ID;RANGE=THISANDFUTURE": "20301202T130000Z"}
    raw = answer_to(open_letter(dave), "DECLINED", **following)
    assert ingest.take(raw).outcome is Outcome.TAKEN
    assert own_answers(dave) == dict.fromkeys(["02", "09", "16"], PartStat.DECLINED)
    assert now_is(dave).answer.partstat == PartStat.NEEDS_ACTION


def test_the_case_of_a_uid_does_not_matter(letter_to, invited):
    message = letter_to("dave")
    [event] = calendar_in(message).walk("VEVENT")
    assert ingest.take(answer_to(message, UID=str(event["UID"]).upper())).outcome is Outcome.TAKEN


# -- a series in two parts ------------------------------------------------------------------------


def test_no_to_the_earlier_part_counts_beside_a_yes_to_the_later(mondays, open_letter, parted):
    dave = mondays.attendees.get()
    no = answer_to(parted(open_letter(dave)), "DECLINED", at=-timedelta(minutes=2))
    invitations.respond(now_is(dave), PartStat.ACCEPTED)
    assert ingest.take(no).outcome is Outcome.TAKEN
    said = [one.answer_of(dave).partstat for one in mondays.occurrences.all()[:3]]
    assert said == [PartStat.DECLINED, PartStat.DECLINED, PartStat.ACCEPTED]
    assert now_is(dave).answer.partstat == PartStat.ACCEPTED


def test_the_yes_of_a_newcomer_is_none_to_the_part_that_it_is_not_about(
    mondays, open_letter, parted, alice, plan
):
    parted(open_letter(mondays.attendees.get()))
    [carol] = invitations.invite(mondays, plan("carol@example.org").people)
    yes = answer_to(open_letter(carol))
    assert ingest.take(yes).outcome is Outcome.TAKEN
    assert now_is(carol).answer.partstat == PartStat.ACCEPTED
    meeting = overview.loaded(Meeting.objects.filter(pk=mondays.pk)).get()
    counts = [
        found.answers[PartStat.ACCEPTED]
        for found in responses.responses_to([(meeting, o) for o in meeting.occurrences.all()], alice)
    ]
    assert counts == [0, 0, 1, 1]


# -- whose answer it is --------------------------------------------------------------------------


def test_who_was_invited_by_an_alias_may_answer_from_the_main_address(letter_to, invited):
    raw = answer_to(letter_to("dave"), "DECLINED", COMMENT="Ill").replace(
        b"dave@far.example", b"d.smith@far.example"
    )
    assert ingest.take(raw).outcome is Outcome.TAKEN
    said = invited("dave").answer
    assert (said.partstat, said.note) == (
        PartStat.DECLINED,
        "Answered as d.smith@far.example. Ill",
    )


def test_an_address_with_a_plus_may_come_escaped(alice, plan, open_letter):
    meeting = invitations.schedule(alice, plan("carol+work@example.org"))
    carol = meeting.attendees.get()
    raw = answer_to(open_letter(carol)).replace(b"carol+work@", b"carol%2Bwork@")
    assert ingest.take(raw).outcome is Outcome.TAKEN
    assert (now_is(carol).answer.partstat, carol.answer.note) == (PartStat.ACCEPTED, "")


def test_of_two_addresses_of_one_account_the_one_that_answers_is_taken(alice, bob, plan, open_letter):
    meeting = invitations.schedule(alice, plan("bob@example.org, bob@home.example"))
    meeting.attendees.update(user=bob)
    first, second = meeting.attendees.all()
    raw = answer_to(open_letter(first)).replace(b"mailto:bob@example.org", b"mailto:bob@home.example")
    assert ingest.take(raw).outcome is Outcome.TAKEN
    assert (now_is(first).answer.partstat, now_is(second).answer.partstat) == (
        PartStat.NEEDS_ACTION,
        PartStat.ACCEPTED,
    )


SEVERAL = (
    "UID:{uid}\nSEQUENCE:{sequence}\nDTSTAMP:{now}\nORGANIZER:{organizer}\n"
    "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:team@far.example\n"
    "ATTENDEE;PARTSTAT=TENTATIVE:mailto:dave@far.example"
)
SENDS = (
    "UID:{uid}\nSEQUENCE:{sequence}\nDTSTAMP:{now}\nORGANIZER:{organizer}\n"
    'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:eve@far.example":mailto:dave@far.example\n'
    'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:dave@far.example":mailto:eve@far.example'
)
SENT = (
    "UID:{uid}\nSEQUENCE:{sequence}\nDTSTAMP:{now}\nORGANIZER:{organizer}\n"
    'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:dave@far.example":mailto:eve@far.example'
)


def test_of_several_attendees_in_a_letter_the_invited_one_is_taken(letter_to, invited):
    assert ingest.take(answering(letter_to("dave"), SEVERAL)).outcome is Outcome.TAKEN
    assert (invited("dave").answer.partstat, invited("dave").answer.note) == (PartStat.TENTATIVE, "")


@pytest.mark.parametrize("event", [SENDS, SENT])
def test_who_sends_somebody_else_does_not_come_and_says_whom(letter_to, invited, event):
    assert ingest.take(answering(letter_to("dave"), event)).outcome is Outcome.TAKEN
    said = invited("dave").answer
    assert (said.partstat, said.note) == (
        PartStat.DECLINED,
        "Sends eve@far.example instead, who says yes.",
    )


# -- what has changed since ----------------------------------------------------------------------

PEOPLE = "Bob <bob@example.org>, Dave <dave@far.example>"


def test_an_answer_counts_after_a_new_title_whatever_it_says_of_the_time(letter_to, invited, standup, plan):
    old = answer_to(letter_to("dave"))
    invitations.change(standup, plan(PEOPLE, title="Another"))
    assert ingest.take(old).outcome is Outcome.TAKEN
    assert invited("dave").answer.partstat == PartStat.ACCEPTED


def test_an_answer_to_a_series_counts_after_a_new_title(mondays, open_letter, plan):
    dave = mondays.attendees.get()
    old = answer_to(open_letter(dave), DTSTART="20301202T130000Z")
    invitations.change(mondays, plan("dave@far.example", rrule=mondays.current.rrule, title="Another"))
    assert ingest.take(old).outcome is Outcome.TAKEN


@pytest.mark.parametrize(
    "changed",
    [
        {"duration": timedelta(minutes=90)},
        {"rrule": "FREQ=WEEKLY;COUNT=4"},
        {"starts_at": MONDAY + timedelta(days=1)},
    ],
)
def test_an_answer_to_another_time_length_or_rule_does_not_count(letter_to, invited, standup, plan, changed):
    old = answer_to(letter_to("dave"), DTSTART=f"{MONDAY:%Y%m%dT%H%M%SZ}", DTEND="20301125T134500Z")
    invitations.change(standup, plan(PEOPLE, **changed))
    assert ingest.take(old).outcome is Outcome.NOTHING_NEW
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION


def test_a_no_from_before_it_was_made_longer_still_is_one(letter_to, invited, standup, plan):
    starts_at = f"{MONDAY:%Y%m%dT%H%M%SZ}"
    old = answer_to(letter_to("dave"), "DECLINED", DTSTART=starts_at, DTEND="20301125T134500Z")
    invitations.change(standup, plan(PEOPLE, duration=timedelta(minutes=90)))
    assert ingest.take(old).outcome is Outcome.TAKEN
    assert invited("dave").answer.partstat == PartStat.DECLINED


@pytest.mark.parametrize(
    ("partstat", "outcome"), [("DECLINED", Outcome.TAKEN), ("ACCEPTED", Outcome.NOTHING_NEW)]
)
def test_so_it_is_of_a_series_though_it_had_moved_before(mondays, open_letter, plan, partstat, outcome):
    dave = mondays.attendees.get()
    later = {"rrule": mondays.current.rrule, "starts_at": MONDAY + timedelta(hours=1)}
    invitations.change(mondays, plan("dave@far.example", **later))
    old = answer_to(open_letter(dave), partstat)
    invitations.change(mondays, plan("dave@far.example", **later, duration=timedelta(minutes=90)))
    assert ingest.take(old).outcome is outcome


def test_an_answer_to_a_time_that_holds_again_counts(letter_to, invited, standup, plan):
    old = answer_to(letter_to("dave"), DTSTART=f"{MONDAY:%Y%m%dT%H%M%SZ}")
    invitations.change(standup, plan(PEOPLE, starts_at=MONDAY + timedelta(hours=1)))
    invitations.change(standup, plan(PEOPLE))
    assert ingest.take(old).outcome is Outcome.TAKEN


def test_yes_to_all_is_none_to_a_date_that_was_moved_in_a_later_version(mondays, open_letter):
    dave = mondays.attendees.get()
    message = open_letter(dave)
    second = mondays.occurrences.all()[1]
    invitations.change_occurrence(
        second, OccurrencePlan("", second.starts_at + timedelta(hours=1), second.duration)
    )
    # Said now, in a calendar that has not heard of it.
    assert ingest.take(answer_to(message, at=timedelta(seconds=2))).outcome is Outcome.TAKEN
    assert own_answers(dave) == {"02": PartStat.NEEDS_ACTION}


def test_an_answer_from_before_a_removal_is_none_to_the_new_invitation(letter_to, invited, standup, plan):
    old = answer_to(letter_to("dave"), DTSTART=f"{MONDAY:%Y%m%dT%H%M%SZ}")
    invitations.remove(invited("dave"))
    invitations.invite(standup, plan("dave@far.example").people)
    result = ingest.take(old)
    assert result.outcome is Outcome.NOTHING_NEW
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION
    assert ingest.take(answer_to(letter_to("dave"))).outcome is Outcome.TAKEN


# -- clocks --------------------------------------------------------------------------------------


def test_no_with_a_clock_three_minutes_slow_counts_after_a_yes(letter_to, invited):
    message = letter_to("dave")
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    slow = -timedelta(minutes=3)
    no = answer_to(message, "DECLINED", at=slow)
    assert (
        ingest.take(by_way_of_a_server(no, written=slow, taken=timedelta(seconds=2))).outcome is Outcome.TAKEN
    )
    assert invited("dave").answer.partstat == PartStat.DECLINED


def test_so_it_does_without_a_trace_of_a_server(letter_to, invited):
    message = letter_to("dave")
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    no = answer_to(message, "DECLINED", at=-timedelta(minutes=3))
    assert ingest.take(no).outcome is Outcome.TAKEN
    invitations.respond(invited("dave"), PartStat.TENTATIVE)
    # The same once more is no news, however the clocks go.
    assert ingest.take(no).outcome is Outcome.NOTHING_NEW
    assert invited("dave").answer.partstat == PartStat.TENTATIVE


def test_no_that_was_sent_before_a_yes_and_comes_after_it_is_ignored(letter_to, invited):
    message = letter_to("dave")
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    before = -timedelta(minutes=3)
    late = by_way_of_a_server(answer_to(message, "DECLINED", at=before), written=before, taken=before)
    assert ingest.take(late).outcome is Outcome.NOTHING_NEW
    assert invited("dave").answer.partstat == PartStat.ACCEPTED


def test_two_programs_with_different_clocks_are_heard_in_turn(letter_to, invited):
    message, minute = letter_to("dave"), timedelta(minutes=1)
    phone = by_way_of_a_server(
        answer_to(message, "ACCEPTED", at=3 * minute), written=3 * minute, taken=-2 * minute
    )
    desk = by_way_of_a_server(
        answer_to(message, "DECLINED", at=-4 * minute), written=-4 * minute, taken=-minute
    )
    assert ingest.take(phone).outcome is Outcome.TAKEN
    assert ingest.take(desk).outcome is Outcome.TAKEN
    assert invited("dave").answer.partstat == PartStat.DECLINED


@pytest.mark.parametrize("stamp", ["", "20301124T100000"])
def test_an_answer_without_a_moment_counts(letter_to, invited, stamp):
    assert ingest.take(answer_to(letter_to("dave"), DTSTAMP=stamp)).outcome is Outcome.TAKEN
    assert invited("dave").answer.partstat == PartStat.ACCEPTED
