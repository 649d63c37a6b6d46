"""Mail that comes back, out of a mailbox."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator

import pytest

from meetings.calendar.replies import LONGEST_MAIL
from meetings.inbox import mailbox
from meetings.letters import tags
from meetings.models import Attendee
from tests.meetings.inbox.post import answer_to, returned
from tests.servers import spare_port

PartStat = Attendee.PartStat


class Imap:
    """As much of an IMAP server (RFC 3501) as a mailbox with a few letters needs."""

    def __init__(self) -> None:
        self.letters: dict[int, bytes] = {}
        self.flags: dict[int, str] = {}
        self.fetched: list[int] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            with caller, caller.makefile("rwb") as line:
                line.write(b"* OK ready\r\n")
                line.flush()
                while command := line.readline():
                    tag, _, rest = command.strip().partition(b" ")
                    status = b"OK done"
                    for answer in self._answers(rest.decode()):
                        if answer.startswith(b"NO"):
                            status = answer
                        else:
                            line.write(answer + b"\r\n")
                    line.write(tag + b" " + status + b"\r\n")
                    line.flush()

    def _answers(self, command: str) -> Iterator[bytes]:
        if command == "CAPABILITY":
            yield b"* CAPABILITY IMAP4REV1"
        elif command.startswith("LOGIN"):
            if command != 'LOGIN meetings "p:ss word"':
                yield b"NO wrong password"
        elif command.startswith("SELECT"):
            yield f"* {len(self.letters)} EXISTS".encode()
        elif command == "UID SEARCH UNSEEN UNFLAGGED":
            new = [str(number) for number in self.letters if number not in self.flags]
            yield f"* SEARCH {' '.join(new)}".strip().encode()
        elif match := re.fullmatch(r"UID FETCH (\d+) \(BODY.PEEK\[\]<0.(\d+)>\)", command):
            number = int(match[1])
            content = self.letters[number][: int(match[2])]
            self.fetched.append(len(content))
            yield f"* {number} FETCH (UID {number} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")"
        elif match := re.fullmatch(r"UID STORE (\d+) \+FLAGS.SILENT \(\\(\w+)\)", command):
            self.flags[int(match[1])] = match[2]
        elif command == "LOGOUT":
            yield b"* BYE"


@pytest.fixture
def imap(settings) -> Iterator[Imap]:
    server = Imap()
    settings.REPLY_ADDRESS = "meetings@meet.example.org"
    settings.IMAP_URL = f"imap://meetings:p%3Ass%20word@127.0.0.1:{server.port}/INBOX"
    yield server
    server.stop()


def test_what_is_new_is_taken_once(imap, invited, open_letter):
    message = open_letter(invited("dave"))
    open_letter(invited("bob"))
    imap.letters = {
        4: answer_to(message, "DECLINED"),
        7: returned(invited("bob").letter),
        9: b"From: eve@example.org\r\n\r\nHello",
    }
    assert mailbox.fetch() == 3
    assert invited("dave").answer.partstat == PartStat.DECLINED
    assert invited("bob").letter.bounced_at
    assert imap.flags == {4: "Seen", 7: "Seen", 9: "Flagged"}
    assert mailbox.fetch() == 0


def test_of_a_long_message_only_so_much_is_fetched_as_is_looked_at(imap, invited, open_letter):
    answer = answer_to(open_letter(invited("dave")), "DECLINED")
    head, _, calendar = answer.partition(b"Content-Type")
    pictures = b"--x\r\nContent-Type: image/png\r\n\r\n" + b"iVBORw0KGgo\r\n" * 400_000
    imap.letters = {
        1: head
        + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type'
        + calendar
        + pictures
    }
    assert mailbox.fetch() == 1
    assert imap.flags == {1: "Seen"}
    assert imap.fetched == [LONGEST_MAIL + 1]
    assert invited("dave").answer.partstat == PartStat.DECLINED


@pytest.mark.parametrize("address", ["imap://meetings:wrong@127.0.0.1:{port}/", "imap://127.0.0.1:{spare}/"])
def test_a_mailbox_that_lets_nobody_in_is_asked_again_later(imap, settings, caplog, address):
    settings.IMAP_URL = address.format(port=imap.port, spare=spare_port())
    assert mailbox.fetch() == 0
    assert "could not be read" in caplog.text
    assert "wrong@" not in caplog.text


def test_without_a_mailbox_nothing_is_asked(settings):
    settings.IMAP_URL = ""
    assert mailbox.fetch() == 0


def test_the_tag_is_short_enough_for_any_mail_server(settings):
    settings.REPLY_ADDRESS = "meetings@example.org"
    local = tags.sender(Attendee(pk=2**63 - 1)).partition("@")[0]
    assert len(local) <= 64  # RFC 5321, 4.5.3.1.1
