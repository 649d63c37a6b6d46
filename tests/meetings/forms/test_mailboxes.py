from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.forms.mailboxes import mailboxes

words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
emails = st.builds(lambda a, b, c: f"{a}.{b}@{c}.example", words, words, words)


@settings(max_examples=60)
@given(
    st.lists(emails, min_size=1, max_size=20, unique=True),
    st.sampled_from([", ", ";", "\n", "\t", " ", "\r\n", ",\n"]),
)
def test_every_common_separator_will_do(people, separator):
    assert [address.email for address in mailboxes(separator.join(people))] == people


def test_however_many_places_stand_behind_an_address_they_are_read_at_once():
    began = time.process_time()
    [address] = mailboxes("bob@example.org " + "(host)" * 20_000)
    assert address.cohost
    assert time.process_time() - began < 1
