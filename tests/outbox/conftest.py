"""A real mail server that answers what a test tells it to."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMessage

from outbox import delivery
from outbox.models import Letter
from tests.servers import spare_port


class MailServer:
    """Takes letters, except where `answer_to` says otherwise for an address."""

    def __init__(self) -> None:
        self.port = spare_port()
        self.received: list[Message] = []
        self.answer_to: dict[str, str] = {}
        self.answer_to_sender = ""
        self._controller: Controller | None = None

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer_to_sender:
            return self.answer_to_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.answer_to.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content))
        return "250 Taken"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    @property
    def recipients(self) -> list[str]:
        return [message["To"] for message in self.received]


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _note(monkeypatch) -> None:
    """Letters of the kind "note": their payload is what they say; "" is no longer true."""

    def render(letter: Letter) -> EmailMessage | None:
        text = letter.payload.get("text", "Hello")
        return EmailMessage("A note", text, "notes@example.org") if text else None

    monkeypatch.setattr(delivery, "_kinds", dict(delivery._kinds))
    delivery.renderer("note")(render)
    delivery.renderer("secret-note", secret=True)(render)
