from __future__ import annotations

import base64
import time
from email import message_from_bytes, policy

import pytest

from outbox.automatic import is_automatic
from outbox.bounces import Report, read, read_words
from tests.outbox.reports import AMAZON_SES, EXIM, OURS, QMAIL, SIGNED, WORDS, bounce, parsed


def report(**changes: str) -> Report | None:
    return read(message_from_bytes(bounce(**changes), policy=policy.compat32))


def test_it_tells_which_letter_came_back_and_why():
    assert report() == Report(OURS, True, "5.1.1 550 5.1.1 <bob@example.org>: No such user")


@pytest.mark.parametrize(
    "kind", ["text/rfc822-headers", "message/rfc822-headers", "message/rfc822", "message/global"]
)
def test_headers_alone_are_enough(kind):
    found = report(returned=f"Content-Type: {kind}\n\nSubject: Standup\nMessage-ID: {OURS}\n")
    assert found
    assert found.message_id == OURS


def test_a_server_that_returns_nothing_may_still_answer_the_letter():
    found = report(
        returned="Content-Type: text/plain\n\nNothing",
        headers=f"References: <code@roundtable.invalid> {OURS}\n",
    )
    assert found
    assert found.message_id == OURS


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_delay_is_no_bounce(action):
    found = report(action=action)
    assert found
    assert not found.failed


def test_other_mail_is_no_report():
    assert report(report_type="disposition-notification") is None
    for text in (b"Subject: Hello\r\n\r\nHello", b"", b"Content-Type: multipart/report\r\n\r\n"):
        assert read(message_from_bytes(text, policy=policy.compat32)) is None


def test_what_was_said_is_cut_and_on_one_line():
    found = report(said="smtp; 550 " + "very " * 1000 + "sorry\n\tindeed")
    assert found
    assert len(found.reason) <= 500
    assert "\n" not in found.reason


def test_a_report_without_a_message_id_says_so_by_an_empty_one():
    found = report(returned="Content-Type: text/plain\n\nNothing")
    assert found
    assert found.message_id == ""


# -- as servers really write them ----------------------------------------------------------------


def test_amazon_names_the_letter_otherwise_and_returns_from_whom_it_was():
    found = read(parsed(AMAZON_SES))
    assert found == Report(
        "<010001934fdc7000-cafe@email.amazonses.com>",
        True,
        "5.1.1 550 5.1.1 user unknown",
        (f"Alice via Roundtable <{SIGNED}>",),
    )


def test_a_letter_that_amazon_renamed_is_known_by_its_own_name_as_well():
    text = AMAZON_SES.replace(
        "email.amazonses.com>\nSubject: Aut", f"b.c>\nX-Original-Message-ID: {OURS}\nSubject: Aut"
    )
    found = read(parsed(text))
    assert found
    assert (found.message_id, found.other_ids) == ("<010001934fdc7000-cafe@b.c>", (OURS,))


@pytest.mark.parametrize("kind", ["multipart/mixed", "multipart/report"])
def test_a_report_is_known_by_its_parts_where_it_does_not_say_what_it_is(kind):
    text = bounce().replace(b"multipart/report; report-type=delivery-status;", kind.encode() + b";")
    found = read(message_from_bytes(text, policy=policy.compat32))
    assert found == Report(OURS, True, "5.1.1 550 5.1.1 <bob@example.org>: No such user")


def status_as(kind: str, body: str, coding: str = "7bit") -> Report | None:
    old = bounce().replace(b"\r\n", b"\n").decode()
    head, _, rest = old.partition("Content-Type: message/delivery-status\n\n")
    _, _, after = rest.partition("\n--b\n")
    part = f"Content-Type: {kind}\nContent-Transfer-Encoding: {coding}\n\n{body}"
    return read(parsed(f"{head}{part}\n--b\n{after}"))


STATUS = """Reporting-MTA: dns; mail.example.org

Final-Recipient: utf-8; bob@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user
"""


@pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status"])
def test_a_status_may_be_global_or_coded(kind):
    expected = Report(OURS, True, "5.1.1 550 5.1.1 No such user")
    assert status_as(kind, STATUS) == expected
    assert status_as(kind, base64.encodebytes(STATUS.encode()).decode(), "base64") == expected
    assert status_as(kind, STATUS.replace("MTA:", "MTA:=20"), "quoted-printable") == expected


def test_where_nothing_is_returned_the_status_may_name_the_letter():
    text = STATUS.replace("org\n\n", f"org\nX-Original-Message-ID: {OURS}\n\n", 1)
    old = bounce(returned="Content-Type: text/plain\n\nNothing").replace(b"\r\n", b"\n").decode()
    head, _, rest = old.partition("Reporting-MTA")
    found = read(parsed(f"{head}{text}--b\n{rest.partition('--b')[2].lstrip()}"))
    assert found
    assert found.message_id == OURS


@pytest.mark.parametrize(
    ("text", "message_id", "reason"),
    [
        (QMAIL, OURS, "Remote host said: 550 No such user"),
        (EXIM, OURS, "550 5.1.1 <bob@example.org>: No such user"),
        (WORDS, "", "5.1.10 RESOLVER.ADR.RecipientNotFound"),
    ],
)
def test_words_of_a_mail_server_are_read(text, message_id, reason):
    assert read(parsed(text)) is None
    found = read_words(parsed(text))
    assert found
    assert (found.message_id, found.failed) == (message_id, True)
    assert reason in found.reason
    assert (SIGNED in "".join(found.senders)) == bool(message_id)


@pytest.mark.parametrize(
    "text",
    [
        # A person who quotes one, and a server that is still trying.
        EXIM.replace("X-Failed-Recipients", "X-Other")
        .replace("Mailer-Daemon@", "dave@")
        .replace("<>", "<d@e.f>"),
        """From: Mail Delivery System <Mailer-Daemon@mail.example.org>
Subject: Warning: message 1abc delayed 24 hours

A message that you sent has not yet been delivered after 24 hours:

  bob@example.org
    host mx.example.org [192.0.2.1]: 451 4.7.1 Greylisted, try again later
""",
        "From: MAILER-DAEMON@mail.example.org\n\nHello",
        "From: dave@far.example\nSubject: Room 550 please\n\nIs room 5.1.1 free?",
        "",
    ],
)
def test_other_words_are_no_report(text):
    assert read_words(parsed(text)) is None


NOTICES = [
    "Ich bin bis zum 5.1.27 nicht im Büro.",
    "Ich bin bis zum 5.7.27 nicht im Büro.",
    "Call 030 555 - 1234.",
    "Call 555 Monday to Friday, or 555-CALL.",
    "My mailbox is not read until 5.7.27. The address of my deputy is erin@far.example.",
    "My address is Room 550 until then.\n\n--- Original message ---\nFrom: Alice\nSubject: Timetable",
]


@pytest.mark.parametrize("words", NOTICES)
def test_a_holiday_notice_with_a_date_or_a_telephone_number_is_no_report(words):
    notice = f"Return-Path: <>\nAuto-Submitted: auto-replied\nFrom: dave@far.example\n\n{words}\n"
    assert read_words(parsed(notice)) is None
    assert is_automatic(parsed(notice))


@pytest.mark.parametrize("words", NOTICES[:4])
def test_nor_is_one_of_a_postmaster(words):
    assert read_words(parsed(f"Return-Path: <>\nFrom: postmaster@far.example\n\n{words}\n")) is None


@pytest.mark.parametrize(
    "words",
    [
        "550 5.1.1 No such person here",
        "550-5.1.1 No such person here",
        "Sorry, no mailbox here by that name. (#5.1.1)",
        "Status: 5.1.1",
        "Remote host said: 550 No such person",
        "The recipient's server\nanswered 554-Refused",
    ],
)
def test_a_server_without_a_name_is_known_by_what_it_returns_and_says(words):
    said = f"Return-Path: <>\nFrom: robot@mail.example.org\n\nSorry.\n\n{words}\n\n"
    assert read_words(parsed(said)) is None
    found = read_words(parsed(f"{said}--- This is a copy of the message.\n\nMessage-ID: {OURS}\n"))
    assert found == Report(OURS, True, " ".join(words.split()))


def test_a_report_of_any_length_is_read_quickly():
    long = QMAIL + "x" * 3_000_000 + "\nMessage-ID: <a@" * 20_000
    began = time.monotonic()
    assert read_words(parsed(long))
    assert time.monotonic() - began < 5
