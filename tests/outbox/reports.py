"""Letters that could not be delivered, as mail servers say it; and a receipt, as a mail program does."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import Message

OURS = "<3f0c@meet.example.org>"

SIGNED = "meetings+17-abcdefghijklmnopqrst@meet.example.org"

AMAZON_SES = f"""Return-Path: <>
Received: from a8-30.smtp-out.amazonses.com by mx.meet.example.org; Fri, 22 Nov 2030 10:00:04 +0000
Date: Fri, 22 Nov 2030 10:00:03 +0000
From: MAILER-DAEMON@amazonses.com
To: {SIGNED}
Message-ID: <010001934fdc7a31-0a1b@email.amazonses.com>
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/report; boundary="b"; report-type=delivery-status

--b
Content-Type: text/plain; charset=us-ascii

An error occurred while trying to deliver the mail to the following recipients:
bob@example.org

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; a8-30.smtp-out.amazonses.com

Action: failed
Final-Recipient: rfc822; bob@example.org
Diagnostic-Code: smtp; 550 5.1.1 user unknown
Status: 5.1.1

--b
Content-Type: message/rfc822

Date: Fri, 22 Nov 2030 10:00:00 +0000
From: Alice via Roundtable <{SIGNED}>
To: bob@example.org
Message-ID: <010001934fdc7000-cafe@email.amazonses.com>
Subject: Autumn timetable

Hello
--b--
"""

QMAIL = f"""Return-Path: <>
Date: 22 Nov 2030 10:00:03 -0000
From: MAILER-DAEMON@mail.example.org
To: {SIGNED}
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@example.org>:
192.0.2.1 does not like recipient.
Remote host said: 550 No such user
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

Return-Path: <{SIGNED}>
Received: (qmail 4711 invoked from network); 22 Nov 2030 10:00:00 -0000
From: Alice via Roundtable <{SIGNED}>
To: bob@example.org
Message-ID: {OURS}
Subject: Autumn timetable

Hello
"""

EXIM = f"""Return-Path: <>
X-Failed-Recipients: bob@example.org
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example.org>
To: {SIGNED}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  bob@example.org
    SMTP error from remote mail server after RCPT TO:<bob@example.org>:
    host mx.example.org [192.0.2.1]: 550 5.1.1 <bob@example.org>: No such user

------ This is a copy of the message, including all the headers. ------

Return-path: <{SIGNED}>
From: Alice via Roundtable <{SIGNED}>
To: bob@example.org
Message-ID: {OURS}
Subject: Autumn timetable

Hello
"""

WORDS = f"""Return-Path: <>
From: postmaster@mail.example.org
To: {SIGNED}
Subject: Undeliverable: Autumn timetable

Your message did not reach bob@example.org:

The recipient server said 5.1.10 RESOLVER.ADR.RecipientNotFound; not found
"""

RECEIPT = """From: bob@example.org
Subject: Read: Autumn timetable
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain

Your message was read.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; bob@example.org
Disposition: manual-action/MDN-sent-manually; displayed
--b--
"""


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


def parsed(text: str) -> Message:
    return message_from_bytes(text.replace("\n", "\r\n").encode(), policy=policy.compat32)
