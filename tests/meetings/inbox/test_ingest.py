"""Mail that comes back, from the letter that went out to what the organizer sees."""

from __future__ import annotations

import io
import os
import re
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from meetings import links
from meetings.calendar.replies import LONGEST_MAIL
from meetings.inbox import ingest
from meetings.inbox.answers import Outcome
from meetings.letters import part_letters, tags
from meetings.models import Answer, Attendee
from meetings.plans import invitations
from meetings.plans.invitations import OccurrencePlan
from outbox import delivery
from outbox.models import Letter
from tests.meetings.conftest import MONDAY
from tests.meetings.inbox.post import answer_to, calendar_in, own_answers, returned
from tests.outbox.reports import AMAZON_SES, EXIM, OURS, QMAIL, RECEIPT, SIGNED, WORDS, bounce

PartStat = Attendee.PartStat
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("replies")]


def test_an_answer_counts(letter_to, invited):
    result = ingest.take(answer_to(letter_to("dave"), COMMENT="Five minutes late"))
    assert result.outcome is Outcome.TAKEN
    dave = invited("dave")
    assert (dave.answer.partstat, dave.answer.note) == (PartStat.ACCEPTED, "Five minutes late")
    assert dave.answer.answered_at
    assert invited("bob").answer.partstat == PartStat.NEEDS_ACTION


def test_the_letter_comes_from_the_address_that_it_asks_to_answer(letter_to, invited):
    message = letter_to("dave")
    [event] = calendar_in(message).walk("VEVENT")
    address = tags.sender(invited("dave"))
    assert re.fullmatch(r"meetings\+\d+-[a-z2-7]{20}@meet\.example\.org", address)
    assert str(event["ORGANIZER"]) == f"mailto:{address}"
    assert message.from_email.endswith(f"<{address}>")
    assert "not with your calendar" not in message.body + message.alternatives[0].content


def test_without_a_reply_address_the_letter_says_that_answers_are_not_read(settings, letter_to):
    settings.REPLY_ADDRESS = ""
    message = letter_to("dave")
    assert "not with your calendar" in message.body
    assert "not with your calendar" in message.alternatives[0].content
    assert "+" not in message.from_email


@pytest.mark.parametrize("partstat", [PartStat.TENTATIVE, PartStat.DECLINED])
def test_maybe_and_no_count_as_well(letter_to, invited, partstat):
    ingest.take(answer_to(letter_to("dave"), partstat))
    assert invited("dave").answer.partstat == partstat


def test_the_same_answer_twice_changes_nothing(letter_to, invited):
    answer = answer_to(letter_to("dave"), at=-timedelta(minutes=1))
    ingest.take(answer)
    before = invited("dave").answer.answered_at
    assert ingest.take(answer).outcome is Outcome.NOTHING_NEW
    assert invited("dave").answer.answered_at == before


def test_an_old_answer_that_comes_late_does_not_undo_a_later_one(letter_to, invited):
    message = letter_to("dave")
    ingest.take(answer_to(message, "DECLINED", at=-timedelta(minutes=1)))
    late = ingest.take(answer_to(message, "ACCEPTED", at=-timedelta(minutes=5)))
    assert late.outcome is Outcome.NOTHING_NEW
    assert invited("dave").answer.partstat == PartStat.DECLINED


def test_a_clock_that_is_fast_does_not_outdo_what_is_said_afterwards(letter_to, invited):
    ingest.take(answer_to(letter_to("dave"), at=timedelta(hours=3)))
    invitations.respond(invited("dave"), PartStat.DECLINED)
    assert invited("dave").answer.answered_at <= timezone.now()
    assert invited("dave").answer.partstat == PartStat.DECLINED


def test_an_answer_for_a_time_that_is_no_longer_the_meetings_is_ignored(letter_to, invited, standup, plan):
    old = answer_to(letter_to("dave"), DTSTART=f"{MONDAY:%Y%m%dT%H%M%SZ}")
    people = "Bob <bob@example.org>, Dave <dave@far.example>"
    invitations.change(standup, plan(people, starts_at=MONDAY + timedelta(hours=1)))
    assert ingest.take(old).outcome is Outcome.NOTHING_NEW
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION


def test_an_answer_still_counts_when_only_the_title_has_changed(letter_to, invited, standup, plan):
    old = answer_to(letter_to("dave"), DTSTART="20301125T140000")
    people = "Bob <bob@example.org>, Dave <dave@far.example>"
    invitations.change(standup, plan(people, title="Another"))
    assert ingest.take(old).outcome is Outcome.TAKEN
    assert invited("dave").answer.partstat == PartStat.ACCEPTED


def test_the_one_time_of_a_single_meeting_may_be_named(letter_to, invited):
    answer = answer_to(letter_to("dave"), RECURRENCE_ID=f"{MONDAY:%Y%m%dT%H%M%SZ}", at=-timedelta(minutes=1))
    assert ingest.take(answer).outcome is Outcome.TAKEN
    assert invited("dave").answer.partstat == PartStat.ACCEPTED
    assert ingest.take(answer).outcome is Outcome.NOTHING_NEW


# -- what must not count ------------------------------------------------------------------------


def test_nobody_answers_for_somebody_else(letter_to, invited):
    """Bob knows his own address and Dave's, but not Dave's tag."""
    [bobs] = calendar_in(letter_to("bob")).walk("VEVENT")
    forged = answer_to(letter_to("dave"), ORGANIZER=str(bobs["ORGANIZER"]))
    assert ingest.take(forged).outcome is Outcome.UNKNOWN
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION


@pytest.mark.parametrize(
    "organizer",
    [
        "mailto:meetings@meet.example.org",
        "mailto:meetings+1-aaaaaaaaaaaaaaaaaaaa@meet.example.org",
        "mailto:meetings+9999999999999999999-aaaaaaaaaaaaaaaaaaaa@meet.example.org",
    ],
)
def test_without_its_signature_an_answer_is_refused(letter_to, invited, organizer):
    result = ingest.take(answer_to(letter_to("dave"), ORGANIZER=organizer))
    assert result.outcome is Outcome.UNKNOWN
    assert invited("dave").answer.partstat == PartStat.NEEDS_ACTION


def test_a_signature_is_for_one_meeting(letter_to, invited, alice, plan, open_letter):
    other = invitations.schedule(alice, plan("dave@far.example", title="Budget"))
    [elsewhere] = calendar_in(open_letter(other.attendees.get())).walk("VEVENT")
    for name in ("UID", "ORGANIZER"):
        more: dict[str, Any] = {name: str(elsewhere[name])}
        assert ingest.take(answer_to(letter_to("dave"), **more)).outcome is Outcome.UNKNOWN
    assert {dave.answer.partstat for dave in Attendee.objects.all()} == {PartStat.NEEDS_ACTION}


def test_the_case_of_an_address_does_not_matter(letter_to, invited):
    raw = answer_to(letter_to("dave")).replace(b"mailto:dave@far.example", b"MAILTO:Dave@FAR.example")
    assert ingest.take(raw).outcome is Outcome.TAKEN


def test_who_was_taken_off_the_list_answers_no_more(letter_to, invited):
    answer = answer_to(letter_to("dave"))
    invitations.remove(invited("dave"))
    assert ingest.take(answer).outcome is Outcome.UNKNOWN


def test_an_answer_to_a_cancelled_meeting_is_ignored(letter_to, invited, standup):
    answer = answer_to(letter_to("dave"))
    invitations.cancel(standup)
    assert ingest.take(answer).outcome is Outcome.NOTHING_NEW


@pytest.mark.parametrize("partstat", ["DELEGATED", "NEEDS-ACTION", "X-COFFEE", ""])
def test_what_is_neither_yes_nor_maybe_nor_no_is_refused(letter_to, invited, partstat):
    assert ingest.take(answer_to(letter_to("dave"), partstat)).outcome is Outcome.UNREADABLE
    assert invited("dave").answer.answered_at is None


def test_what_a_person_writes_is_refused_with_words_for_them():
    result = ingest.take(b"From: dave@far.example\r\nTo: meetings@meet.example.org\r\n\r\nI will be late.")
    assert result.outcome is Outcome.UNKNOWN
    assert "answer the invitation" in result.words


@pytest.mark.parametrize("subject", ["Re: Abwesenheitsplanung 2027", "Re: Out of office rota"])
def test_nor_is_it_taken_for_a_holiday_notice_because_it_is_about_one(subject):
    text = f"From: dave@far.example\r\nSubject: {subject}\r\n\r\nI will be late."
    assert ingest.take(text.encode()).outcome is Outcome.UNKNOWN


def test_a_holiday_notice_is_passed_over():
    notice = b"From: dave@far.example\r\nAuto-Submitted: auto-replied\r\n\r\nI am away."
    assert ingest.take(notice).outcome is Outcome.NOTHING_NEW


def test_a_key_that_was_replaced_still_reads_what_it_signed(letter_to, settings):
    answer = answer_to(letter_to("dave"))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key, as secret"
    assert ingest.take(answer).outcome is Outcome.TAKEN


# -- proposals ----------------------------------------------------------------------------------


def test_another_time_that_is_proposed_is_a_word_to_the_organizer(letter_to, invited):
    raw = answer_to(letter_to("dave"), "TENTATIVE", method="COUNTER", DTSTART="20301126T090000Z")
    assert ingest.take(raw).outcome is Outcome.TAKEN
    dave = invited("dave")
    assert dave.answer.partstat == PartStat.TENTATIVE
    assert dave.answer.note == "Proposes Tue 26 Nov, 10:00 (Berlin time)."
    assert dave.meeting.starts_at == MONDAY


# -- series -------------------------------------------------------------------------------------


def test_an_answer_to_a_series_holds_for_all(mondays, open_letter):
    dave = mondays.attendees.get()
    assert ingest.take(answer_to(open_letter(dave))).outcome is Outcome.TAKEN
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.ACCEPTED
    assert not Answer.objects.to_one().exists()


@pytest.mark.parametrize(
    "line",
    [
        {"RECURRENCE-ID;TZID=Europe/Berlin": "20301202T140000"},
        {"RECURRENCE-ID": "20301202T130000Z"},
        {'RECURRENCE-ID;TZID="W. Europe Standard Time"': "20301202T140000"},
        {"RECURRENCE-ID;TZID=Own": "20301202T140000"},
    ],
)
def test_an_answer_to_one_occurrence_holds_for_that_one(mondays, open_letter, line):
    dave = mondays.attendees.get()
    answer = answer_to(open_letter(dave), "DECLINED", **line)
    assert ingest.take(answer).outcome is Outcome.TAKEN
    [own] = Answer.objects.values_list("partstat", "occurrence__recurrence_id")
    assert own == (PartStat.DECLINED, "2030-12-02T14:00")
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.NEEDS_ACTION
    assert ingest.take(answer).outcome is Outcome.NOTHING_NEW


def test_an_answer_to_a_day_that_the_series_does_not_have_is_ignored(mondays, open_letter):
    answer = answer_to(open_letter(mondays.attendees.get()), RECURRENCE_ID="20301203T130000Z")
    assert ingest.take(answer).outcome is Outcome.NOTHING_NEW
    assert not Answer.objects.exists()


def test_an_answer_to_an_occurrence_that_was_moved_since_is_ignored(mondays, open_letter):
    answer = answer_to(open_letter(mondays.attendees.get()), RECURRENCE_ID="20301202T130000Z")
    second = mondays.occurrences.all()[1]
    plan = OccurrencePlan("", second.starts_at + timedelta(hours=1), second.duration, "")
    invitations.change_occurrence(second, plan)
    assert ingest.take(answer).outcome is Outcome.NOTHING_NEW


@pytest.mark.parametrize(
    "line",
    [
        {"RECURRENCE-ID ": "20301202T130000Z"},
        {'RECURRENCE-ID;TZID="Europe/Berlin': "20301202T140000"},
        {"RECURRENCE-ID;TZID=\r\nEurope/Berlin": "20301202T140000"},
    ],
)
def test_no_to_a_date_that_nobody_can_read_is_no_no_to_all(mondays, open_letter, line):
    dave = mondays.attendees.get()
    result = ingest.take(answer_to(open_letter(dave), "DECLINED", **line))
    assert result.outcome is Outcome.UNREADABLE
    assert "nobody can say which" in result.words
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.NEEDS_ACTION


def test_an_answer_whose_time_nobody_can_read_is_refused_with_words(mondays, open_letter):
    dave = mondays.attendees.get()
    line: dict[str, Any] = {"DTSTART ": "20301202T130000Z"}
    result = ingest.take(answer_to(open_letter(dave), "DECLINED", **line))
    assert result.outcome is Outcome.UNREADABLE
    assert result.words == "Refused: nobody can read the DTSTART of its event."
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.NEEDS_ACTION


def test_an_answer_to_all_that_comes_late_leaves_what_was_said_to_one_since(mondays, open_letter):
    dave = mondays.attendees.get()
    late = answer_to(open_letter(dave), at=-timedelta(minutes=1))
    earlier, later = mondays.occurrences.all()[:2]
    long_ago = timezone.now() - timedelta(hours=1)
    invitations.respond(dave, PartStat.TENTATIVE, occurrence=earlier, said_at=long_ago)
    invitations.respond(dave, PartStat.DECLINED, occurrence=later)
    assert ingest.take(late).outcome is Outcome.TAKEN
    dave.refresh_from_db()
    assert dave.answer.partstat == PartStat.ACCEPTED
    assert own_answers(dave) == {"02": PartStat.DECLINED}


def test_an_answer_to_all_that_comes_late_is_none_to_one_that_was_moved_since(mondays, open_letter):
    dave = mondays.attendees.get()
    late = answer_to(open_letter(dave), at=-timedelta(minutes=1), DTSTART="20301125T130000Z")
    second = mondays.occurrences.all()[1]
    later = OccurrencePlan("", second.starts_at + timedelta(hours=1), second.duration, "")
    invitations.change_occurrence(second, later)
    assert ingest.take(late).outcome is Outcome.TAKEN
    assert own_answers(dave) == {"02": PartStat.NEEDS_ACTION}
    # Said today, of what is known today, it holds for that one as well.
    dave.refresh_from_db()
    invitations.respond(dave, PartStat.DECLINED)
    assert own_answers(dave) == {}


def test_an_answer_to_one_that_comes_late_does_not_undo_what_was_said_to_all_since(mondays, open_letter):
    dave = mondays.attendees.get()
    late = answer_to(
        open_letter(dave), "DECLINED", RECURRENCE_ID="20301202T130000Z", at=-timedelta(minutes=1)
    )
    invitations.respond(dave, PartStat.ACCEPTED)
    assert ingest.take(late).outcome is Outcome.NOTHING_NEW
    assert own_answers(dave) == {}


def test_one_of_the_part_before_a_change_is_known_by_the_clocks_of_that_part(mondays, open_letter, parted):
    dave = mondays.attendees.get()
    answer = answer_to(
        parted(open_letter(dave)), "DECLINED", RECURRENCE_ID="20301202T130000Z", DTSTART="20301202T130000Z"
    )
    assert ingest.take(answer).outcome is Outcome.TAKEN
    assert own_answers(dave)["02"] == PartStat.DECLINED


def test_an_answer_to_the_part_before_a_change_holds_for_its_dates_alone(mondays, open_letter, parted):
    dave = mondays.attendees.get()
    answer = answer_to(parted(open_letter(dave)), DTSTART="20301125T130000Z")
    assert ingest.take(answer).outcome is Outcome.TAKEN
    dave.refresh_from_db()
    said = [one.answer_of(dave).partstat for one in dave.meeting.occurrences.all()[:3]]
    assert said == [PartStat.ACCEPTED, PartStat.ACCEPTED, PartStat.NEEDS_ACTION]
    assert dave.answer.partstat == PartStat.NEEDS_ACTION
    assert ingest.take(answer).outcome is Outcome.NOTHING_NEW


# -- letters that could not be delivered --------------------------------------------------------


def test_a_letter_that_comes_back_is_noted_once(letter_to, invited):
    letter_to("dave")
    report = returned(invited("dave").letter)
    assert ingest.take(report).outcome is Outcome.TAKEN
    letter = invited("dave").letter
    assert letter.bounced_at
    assert letter.bounce == "5.1.1 550 5.1.1 <bob@example.org>: No such user"
    assert ingest.take(report).outcome is Outcome.TAKEN
    assert invited("dave").letter.bounced_at == letter.bounced_at


def test_nobody_can_guess_what_a_letter_is_known_by(letter_to, invited, settings):
    letter_to("dave")
    letter = invited("dave").letter
    settings.SECRET_KEY = "another"
    assert delivery.message_id(letter.key) != letter.message_id
    forged = bounce(
        returned=f"Content-Type: message/rfc822\n\nMessage-ID: {delivery.message_id(letter.key)}\n\nx"
    )
    assert ingest.take(forged).outcome is Outcome.UNKNOWN
    assert invited("dave").letter.bounced_at is None


def test_a_delay_is_no_news(letter_to, invited):
    letter_to("dave")
    returned_ = f"Content-Type: message/rfc822\n\nMessage-ID: {invited('dave').letter.message_id}\n\nx"
    assert ingest.take(bounce(action="delayed", returned=returned_)).outcome is Outcome.NOTHING_NEW
    assert invited("dave").letter.bounced_at is None


@pytest.mark.parametrize("text", [AMAZON_SES, QMAIL, EXIM, WORDS])
def test_the_signed_address_tells_which_letter_came_back(letter_to, invited, text):
    """Whatever its Message-ID has become on the way, and whether it is returned at all."""
    letter_to("dave")
    letter_to("bob")
    report = text.replace(OURS, "<another@far.example>").replace(SIGNED, tags.sender(invited("dave")))
    assert ingest.take(report.encode()).outcome is Outcome.TAKEN
    assert invited("dave").letter.bounced_at
    assert "5" in invited("dave").letter.bounce
    assert invited("bob").letter.bounced_at is None
    assert ingest.take(text.encode()).outcome is Outcome.UNKNOWN


def test_of_a_report_that_returns_nothing_the_recipient_tells(letter_to, invited):
    letter_to("dave")
    report = bounce(returned="Content-Type: text/plain\n\nNothing")
    assert ingest.take(report).outcome is Outcome.UNKNOWN
    assert ingest.take(report, [tags.sender(invited("dave"))]).outcome is Outcome.TAKEN
    assert invited("dave").letter.bounced_at


def test_a_date_of_a_series_whose_letter_came_back_is_the_one_it_was_about(mondays, open_letter):
    dave = mondays.attendees.get()
    open_letter(dave)
    second = mondays.occurrences.all()[1]
    later = OccurrencePlan("", second.starts_at + timedelta(hours=1), second.duration)
    invitations.change_occurrence(second, later)
    delivery.deliver_due("test")
    report = AMAZON_SES.replace(SIGNED, tags.sender(dave)).encode()
    assert ingest.take(report).outcome is Outcome.TAKEN
    answer = Answer.objects.select_related("letter").get(occurrence=second)
    dave.refresh_from_db()
    assert answer.letter
    assert answer.letter.bounced_at
    assert dave.letter
    assert dave.letter.bounced_at is None


def short_letter(dave: Attendee) -> Letter:
    delivery.deliver_due("test")
    return Letter.objects.get(kind=part_letters.KIND, payload__attendee=dave.pk)


def test_a_short_letter_that_went_out_last_and_came_back_is_the_one(mondays, open_letter, parted):
    dave = mondays.attendees.get()
    parted(open_letter(dave))
    short = short_letter(dave)
    Letter.objects.filter(pk=short.pk).update(sent_at=timezone.now() + timedelta(minutes=1))
    report = AMAZON_SES.replace(SIGNED, tags.sender(dave)).encode()
    assert ingest.take(report).outcome is Outcome.TAKEN
    assert list(Letter.objects.exclude(bounced_at=None)) == [short]


@pytest.mark.parametrize("text", [AMAZON_SES, QMAIL, EXIM])
def test_of_letters_that_went_out_together_each_keeps_a_name_that_servers_leave(
    mondays, open_letter, parted, mailoutbox, text
):
    dave = mondays.attendees.get()
    parted(open_letter(dave))
    short = short_letter(dave)
    dave.refresh_from_db()
    own = {message.extra_headers["X-Original-Message-ID"] for message in mailoutbox}
    assert {short.message_id, dave.letter.message_id} <= own
    renamed = "Message-ID: <another@far.example>\nX-Original-Message-ID: "
    for letter in (dave.letter, short):
        known = re.sub(r"Message-ID: <.*>(?=\nSubject: Autumn)", renamed + letter.message_id, text)
        assert ingest.take(known.replace(SIGNED, tags.sender(dave)).encode()).outcome is Outcome.TAKEN
        letter.refresh_from_db()
        assert letter.bounced_at
        Letter.objects.update(bounced_at=None)


def test_while_a_newer_letter_waits_the_one_before_is_what_came_back(letter_to, invited, standup, plan):
    letter_to("dave")
    first = invited("dave").letter
    invitations.change(standup, plan("dave@far.example\nbob@example.org", title="Other words"))
    assert invited("dave").letter != first
    report = AMAZON_SES.replace(SIGNED, tags.sender(invited("dave"))).encode()
    assert ingest.take(report).outcome is Outcome.TAKEN
    assert list(Letter.objects.exclude(bounced_at=None)) == [first]


@pytest.mark.parametrize("words", ["Ich bin bis zum 5.1.27 nicht im Büro.", "Call 030 555 - 1234."])
def test_a_holiday_notice_to_the_signed_address_is_no_letter_that_came_back(letter_to, invited, words):
    letter_to("dave")
    notice = (
        f"Return-Path: <>\r\nAuto-Submitted: auto-replied\r\nFrom: dave@far.example\r\n"
        f"To: {tags.sender(invited('dave'))}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    )
    assert ingest.take(notice.encode()).outcome is Outcome.NOTHING_NEW
    assert invited("dave").letter.bounced_at is None


def test_a_report_that_returns_a_long_letter_is_read(letter_to, invited):
    letter_to("dave")
    letter = invited("dave").letter
    head = f"Content-Type: message/rfc822\n\nMessage-ID: {letter.message_id}\n\n"
    report = bounce(returned=head + "picture\n" * 700_000)
    assert len(report) > LONGEST_MAIL
    assert ingest.take(report).outcome is Outcome.TAKEN
    assert invited("dave").letter.bounced_at


# -- the pipe -----------------------------------------------------------------------------------


def pipe(monkeypatch, content: bytes, *recipients: str) -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    with pytest.raises(SystemExit) as ended:
        call_command("ingest_mail", *recipients, stdout=io.StringIO())
    return int(ended.value.code or 0)


def test_a_pipe_is_told_what_became_of_a_message(monkeypatch, letter_to, invited):
    message = letter_to("dave")
    assert pipe(monkeypatch, answer_to(message)) == os.EX_OK
    assert pipe(monkeypatch, b"Subject: Hello\r\n\r\nHello") == os.EX_NOUSER
    assert pipe(monkeypatch, RECEIPT.encode()) == os.EX_OK
    assert pipe(monkeypatch, b"Subject: Out of Office: Hello\r\n\r\nI am away") == os.EX_OK
    assert pipe(monkeypatch, b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR") == os.EX_DATAERR
    assert invited("dave").answer.partstat == PartStat.ACCEPTED


def test_a_long_message_is_let_through_to_its_end(monkeypatch):
    content = io.BytesIO(b"Subject: Hello\r\n\r\n" + b"x" * (2 * LONGEST_MAIL))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    with pytest.raises(SystemExit) as ended:
        call_command("ingest_mail", stdout=io.StringIO())
    assert ended.value.code == os.EX_NOUSER
    assert content.tell() > 2 * LONGEST_MAIL


def test_the_address_may_come_with_the_pipe(monkeypatch, letter_to, invited):
    raw = answer_to(letter_to("dave"), ORGANIZER="mailto:meetings@meet.example.org")
    assert pipe(monkeypatch, raw, tags.sender(invited("dave"))) == os.EX_OK
    assert invited("dave").answer.partstat == PartStat.ACCEPTED


def test_a_fault_of_ours_keeps_the_message_with_the_mail_server(monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(ingest, "take", fail)
    assert pipe(monkeypatch, b"Subject: Hello\r\n\r\nHello") == os.EX_TEMPFAIL


def test_no_answer_lets_anybody_in(letter_to, invited, client):
    """The tag stands in calendars, which are shared: it is no personal link."""
    letter_to("dave")
    tag = tags.tag(invited("dave"))
    assert client.get(links.path(tag)).status_code == 404
