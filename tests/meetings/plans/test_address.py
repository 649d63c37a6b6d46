"""A mailbox as it is written in a list of people, and what two mentions of it make together."""

from __future__ import annotations

import pytest

from meetings.plans.address import Address


@pytest.mark.parametrize(
    ("address", "written"),
    [
        (Address("bob@example.org"), "bob@example.org"),
        (Address("bob@example.org", "Bob Lindqvist"), "Bob Lindqvist <bob@example.org>"),
        (Address("bob@example.org", "Lindqvist, Bob"), '"Lindqvist, Bob" <bob@example.org>'),
        (Address("bob@example.org", 'Bob "Bo" \\'), '"Bob \\"Bo\\" \\\\" <bob@example.org>'),
        (
            Address("bob@example.org", "Bob", optional=True, cohost=True),
            "Bob <bob@example.org> (optional) (host)",
        ),
    ],
)
def test_an_address_is_written_as_mail_programs_write_it(address: Address, written: str):
    assert str(address) == written


def test_of_two_mentions_the_first_name_stays_and_every_place_counts():
    named = Address("bob@example.org", "Bob", optional=True)
    assert Address("bob@example.org", cohost=True) | named == Address("bob@example.org", "Bob", True, True)
    assert named | Address("bob@example.org", "Robert") == named
