"""A code or a link, as people type and paste it, leads to its room."""

from __future__ import annotations

import pytest

from meetings import models
from meetings.pages import destination

ROOM = "/kfpx-tvwqm-m3xz/"
LINK = "/i/AbCdEfGhIjKlMnOpQrStUvWx/"


@pytest.mark.parametrize(
    "typed",
    [
        "kfpx-tvwqm-m3xz",
        " KFPX tvwqm m3xz. ",
        "kfpxtvwqmm3xz",
        "kfpx – tvwqm – m3xz",
        "https://meet.example.org/kfpx-tvwqm-m3xz/",
        "https://Meet.example.org/kfpx-tvwqm-m3xz",
        "meet.example.org/kfpx-tvwqm-m3xz/",
        "<https://meet.example.org/kfpx-tvwqm-m3xz/?from=mail#x>",
    ],
)
def test_a_code_is_found_however_it_is_written(typed):
    assert destination.path(typed, "meet.example.org") == ROOM


def test_a_personal_link_leads_where_its_letter_does():
    assert destination.path(f"https://meet.example.org{LINK}", "meet.example.org") == LINK
    assert destination.path(f"http://localhost:8000{LINK}", "localhost:8000") == LINK


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("answer/?answer=yes", "answer/?answer=yes"),
        ("answer/?from=mail&answer=maybe&x=1", "answer/?answer=maybe"),
        ("answer/?answer=%0d%0aX", "answer/"),
        ("answer", "answer/"),
        ("answer/on/12/", "answer/on/12/"),
        ("answer/on/12/?answer=no", "answer/on/12/?answer=no"),
        ("test/", "test/"),
        ("test/?answer=yes", "test/"),
        ("meeting.ics", "meeting.ics"),
    ],
)
def test_every_link_of_a_letter_leads_where_the_letter_does(typed, path):
    assert destination.path(f"https://meet.example.org{LINK}{typed}", "meet.example.org") == LINK + path


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("meet.example.org:443", "meet.example.org"),
        ("https://meet.example.org:443", "meet.example.org"),
        ("http://meet.example.org:80", "meet.example.org"),
        ("https://meet.example.org", "meet.example.org:443"),
    ],
)
def test_a_port_that_a_scheme_has_by_itself_is_no_other_site(typed, host):
    assert destination.path(f"{typed}{ROOM}", host) == ROOM


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the code, or paste the link."),
        ("kfpx", "A code has 13 letters and digits"),
        ("kfpx-tvwqm-m3xé", "A code has 13 letters and digits"),
        ("https://other.example/kfpx-tvwqm-m3xz/", "leads to another site, other.example."),
        ("//evil.example/kfpx-tvwqm-m3xz/", "leads to another site"),
        ("https://meet.example.org/admin/", "leads to no meeting"),
        ("https://meet.example.org//evil.example/", "leads to no meeting"),
        (f"https://meet.example.org:8443{ROOM}", "leads to another site, meet.example.org:8443."),
        (f"https://meet.example.org{LINK}answer/on/x/", "leads to no meeting"),
        ("javascript:alert(1)", "no link to a meeting"),
        ("mailto:alice@example.org", "no link to a meeting"),
        ("ftp://meet.example.org/kfpx-tvwqm-m3xz/", "no link to a meeting"),
        ("https://[::1/x", "no link"),
    ],
)
def test_what_leads_nowhere_is_said(typed, said):
    with pytest.raises(destination.NoDestination, match=said.replace("(", r"\(").replace(".", r"\.")):
        destination.path(typed, "meet.example.org")


def test_codes_are_as_long_as_meetings_have_them():
    assert destination.GROUPS == models.CODE_GROUPS
