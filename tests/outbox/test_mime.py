from __future__ import annotations

from outbox import mime
from tests.outbox.reports import parsed


def several(*parts: str, kind: str = "mixed") -> str:
    """A message of these parts."""
    body = "".join(f"--x\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="x"\n\n{body}--x--\n'


def test_a_field_is_on_one_line_and_can_be_printed():
    folded = parsed("Subject: Hello\n  you\x07there\n\nHi")
    assert mime.field(folded, "Subject") == "Hello youthere"
    assert mime.field(folded, "From") == ""
    assert len(mime.field(parsed(f"Subject: {'x' * 10_000}\n\nHi"), "Subject")) == mime.LONGEST_FIELD


def test_no_more_parts_are_looked_at_than_any_mail_has():
    text = "Content-Type: text/plain\n\nHi"
    assert len(mime.parts_of(parsed(several(*[text] * 3)))) == 3
    assert len(mime.parts_of(parsed(several(*[text] * 100)))) == mime.MOST_PARTS


def test_what_a_returned_letter_says_is_not_taken_for_the_words_of_the_report():
    letter = "Content-Type: message/rfc822\n\nSubject: Autumn timetable\n\nOurs"
    said = "Content-Type: text/plain\n\nIt came back"
    assert mime.words(parsed(several(letter, said))) == "It came back"


def test_whoever_names_no_sender_is_nobody():
    assert mime.names_nobody(parsed("Return-Path: < >\n\nHi"))
    assert not mime.names_nobody(parsed("Return-Path: <d@e.f>\n\nHi"))
    assert not mime.names_nobody(parsed("\nHi"))
