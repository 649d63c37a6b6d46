"""A file goes on, from where it was, through what happens to a line."""

from __future__ import annotations

import pytest

from tests.browser.given_files import MEGABYTE, a_file, is_halfway, line_of, offers, sha256
from tests.network.story import wait_while_they_talk

FILM = "film.mkv"
# Seconds; the connection is given up by then.
CUT = 12


@pytest.mark.parametrize("change", ["another network", "a line that is cut"])
def test_a_file_goes_on_whatever_happens_to_the_line_of_its_author(lab, alice, bob, tmp_path, change):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.reaches(bob)
    path = a_file(tmp_path, FILM, 24 * MEGABYTE)
    offers(alice, path)
    line = line_of(bob, FILM)
    with bob.page.expect_download(timeout=300_000) as download:
        line.get_by_role("button", name="Save", exact=True).click()
        is_halfway(line, 2)
        if change == "another network":
            lab.alice.go_to(lab.telephone)
        else:
            lab.alices.cut()
            wait_while_they_talk(bob, CUT)
            lab.alices.mend()
    assert sha256(download.value.path()) == sha256(path)
