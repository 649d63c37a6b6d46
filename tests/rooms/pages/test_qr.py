"""The link of a room as a QR code."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from meetings import links
from rooms.pages import qr
from rooms.roster import guess_limit
from tests.rooms.conftest import came_by_letter

LINK = "https://meet.example.org/kfpx-tvwqm-m3xz/"


def modules(svg):
    """The dark modules that are drawn, by column and row of the picture."""
    found = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        found |= {(int(x) + n, int(y)) for n in range(int(length))}
    return found


def test_what_is_drawn_is_the_code_of_the_link_with_free_ground_around_it():
    code = qr.matrix(LINK)
    dark = {
        (x + qr.QUIET, y + qr.QUIET) for y, row in enumerate(code) for x, is_dark in enumerate(row) if is_dark
    }
    assert modules(qr.drawn(LINK)) == dark
    assert f'viewBox="0 0 {len(code) + 8} {len(code) + 8}"' in qr.drawn(LINK)


def test_it_has_the_three_marks_by_which_cameras_find_it():
    code = qr.matrix(LINK)
    mark = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    last = len(code) - 7
    for top, left in ((0, 0), (0, last), (last, 0)):
        found = ["".join(str(int(code[top + y][left + x])) for x in range(7)) for y in range(7)]
        assert found == mark


@pytest.fixture(autouse=True)
def _nobody_has_guessed():
    cache.clear()


@pytest.mark.django_db
def test_whoever_may_come_in_has_the_code_of_the_open_link(guest, standup, bobs_invitation, settings):
    for browser in (guest(), came_by_letter(bobs_invitation)):
        answer = browser.get(f"{standup.room_url}qr.svg")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
        assert answer.content.decode() == qr.drawn(standup.public_url)
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_nobody_else_learns_even_whether_there_is_such_a_room(standup, guest, bobs_invitation):
    stranger, opened, shut_out = Client(), guest(), came_by_letter(bobs_invitation)
    links.revoke(bobs_invitation)
    standup.access = "invited"
    standup.save()
    for browser in (stranger, opened, shut_out):
        assert browser.get(f"{standup.room_url}qr.svg").status_code == 404
    assert stranger.get("/kfpx-tvwqm-m3xz/qr.svg").status_code == 404


@pytest.mark.django_db
def test_who_guesses_is_counted(client, monkeypatch):
    counted = []
    monkeypatch.setattr(guess_limit, "note", lambda *who: counted.append(who))
    client.get("/kfpx-tvwqm-m3xz/qr.svg")
    assert len(counted) == 1
