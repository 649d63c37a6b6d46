from __future__ import annotations

import pytest

from outbox.automatic import is_automatic
from outbox.bounces import read, read_words
from tests.outbox.reports import RECEIPT, parsed


@pytest.mark.parametrize(
    "text",
    [
        "Auto-Submitted: auto-replied\n\nI am away",
        "X-Autoreply: yes\n\nI am away",
        "Precedence: auto_reply\n\nI am away",
        "X-Auto-Response-Suppress: All\nSubject: Automatic reply: Autumn timetable\n\nI am away",
        "Subject: Automatische Antwort: Autumn timetable\n\nIch bin nicht da",
        "Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_Autumn_timetable?=\n\nJe suis absent",
        "Subject: Out of Office: Autumn timetable\n\nI am away",
        "Subject: Out of office\n\nI am away",
        "Subject: Out of Office AutoReply: Autumn timetable\n\nI am away",
        "Subject: [EXT] Automatic reply: Re: Autumn timetable\n\nI am away",
        "Subject: Abwesenheitsnotiz: Autumn timetable\n\nIch bin nicht da",
        "Return-Path: <>\nSubject: I am away\n\nI am away",
        RECEIPT,
        RECEIPT.replace("multipart/report; report-type=disposition-notification;", "multipart/mixed;"),
        RECEIPT.replace("disposition-notification", "feedback-report"),
    ],
)
def test_what_a_program_wrote_is_known(text):
    assert is_automatic(parsed(text))
    assert read(parsed(text)) is None
    assert read_words(parsed(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Subject: Hello\n\nI will be late",
        "Auto-Submitted: no\nSubject: Automatic doors\n\nHello",
        "Return-Path: <d@e.f>\n\nHi",
        "Subject: Re: Abwesenheitsplanung 2027\n\nHi",
        "Subject: Abwesenheitsplanung 2027\n\nHi",
        "Subject: Re: Out of office rota\n\nHi",
        "Subject: Out of office rota\n\nHi",
        "Subject: AW: Automatische Antwort: Autumn timetable\n\nHi",
        "Subject: SV: Autosvar\n\nHi",
        "Subject: Antw: Re: On vacation\n\nHi",
        "Subject: Our automatic response: is it right?\n\nHi",
        "Subject: =?utf-8?q?Re=3A_R=C3=A9ponse_automatique?=\n\nHi",
    ],
)
def test_what_a_person_wrote_is_not(text):
    assert not is_automatic(parsed(text))
