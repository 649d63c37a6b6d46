"""What was written to attendees, as an administrator counts it."""

from __future__ import annotations

import re

from meetings.letters import announcements


def test_words_to_attendees_and_letters_a_day_are_counted_and_not_read(administrator, standup):
    announcements.write(standup, "Bring your plans", "Between us: on paper.", "all")
    page = administrator.get("/admin/meetings/announcement/").content.decode()
    assert "Bring your plans" in page
    word = standup.announcements.get()
    assert (
        "Between us"
        not in administrator.get(f"/admin/meetings/announcement/{word.pk}/change/").content.decode()
    )
    page = administrator.get("/admin/meetings/letterquota/").content.decode()
    assert re.search(r'field-letters[^>]*">4<', page)
