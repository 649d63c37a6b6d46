from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from outbox.bounces import Report, read

OURS = "<3f0c@meet.example.org>"


def bounce(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <bob@example.org>: No such user",
    returned: str = "",
    report_type: str = "delivery-status",
    headers: str = "",
) -> bytes:
    """A report such as Postfix writes (RFC 3464, appendix E)."""
    returned = returned or f"Content-Type: message/rfc822\n\nMessage-ID: {OURS}\nSubject: Standup\n\nHello"
    text = f"""From: MAILER-DAEMON@mail.example.org
To: meetings@meet.example.org
{headers}Content-Type: multipart/report; report-type={report_type}; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Fri, 22 Nov 2030 10:00:00 +0000

Final-Recipient: rfc822; bob@example.org
Action: {action}
Status: {status}
Diagnostic-Code: {said}
--b
{returned}
--b--
"""
    return text.replace("\n", "\r\n").encode()


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
