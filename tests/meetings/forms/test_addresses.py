from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.forms.address_check import check
from meetings.forms.addresses import parse
from meetings.plans.address import Address

CASES = json.loads((Path(__file__).parent / "addresses.json").read_text())

names = st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="<>@"), max_size=40)
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
emails = st.builds(lambda a, b, c: f"{a}.{b}@{c}.example", words, words, words)


def seen(address: Address) -> list[str]:
    """As addresses.json has it."""
    places = {"optional": address.optional, "host": address.cohost}
    return [address.email, address.name, *(place for place, has in places.items() if has)]


@pytest.mark.parametrize("case", CASES, ids=[repr(case["text"]) for case in CASES])
def test_it_reads_what_people_paste(case):
    parsed = parse(case["text"])
    assert [seen(address) for address in parsed.addresses] == case["addresses"]
    assert [[wrong.text, wrong.reason] for wrong in parsed.wrong] == case["wrong"]


def test_one_wrong_address_among_twenty_is_named_and_the_rest_is_fine():
    good = [f"person{n}@example.org" for n in range(19)]
    parsed = parse("\n".join([*good[:7], "carol@mendez", *good[7:]]))
    assert [address.email for address in parsed.addresses] == good
    assert parsed.complaints == ["“carol@mendez” lacks its ending, such as .com. The other 19 are fine."]


def test_many_wrong_addresses_are_not_a_wall_of_words():
    parsed = parse(", ".join(f"person{n}" for n in range(30)))
    assert len(parsed.complaints) == 6
    assert parsed.complaints[-1] == "25 more could not be read."


def test_an_address_keeps_its_exact_spelling():
    assert parse("Bob.Lindqvist@Northline.example").addresses == [Address("Bob.Lindqvist@northline.example")]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 40_000 + "><a@b.example",
        "@" * 40_000,
        "a@b.example" + " " * 40_000 + "(",
        '"<' * 20_000,
        '<"' * 20_000,
        "a@b.example <" * 4_000,
        "a@b.example\t" * 4_000,
        "." * 20_000 + "@" + "." * 20_000,
        "<" + ":" * 40_000 + "a>",
        "\n".join(f"{'x' * 300}@{'y.' * 40}" for _ in range(100)),
    ],
    ids=lambda text: repr(text[:10]),
)
def test_no_text_keeps_the_server_busy(text):
    """The time is the processor's, which a busy machine does not change; patterns once took half a minute."""
    begun = time.process_time()
    parse(text)
    assert time.process_time() - begun < 5


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_any_text_is_read_without_an_accident(text):
    parsed = parse(text)
    for address in parsed.addresses:
        assert check(address.email) == address.email
        assert not any(ord(character) < 32 for character in address.name)


@settings(max_examples=60)
@given(st.lists(st.builds(Address, emails, names), max_size=12))
def test_what_is_written_out_is_read_as_the_same(people):
    read = parse("\n".join(map(str, people))).addresses
    expected: dict[str, Address] = {}
    for person in people:
        name = parse(str(Address("x@y.example", person.name))).addresses[0].name
        known = expected.get(person.email)
        if known is None or (name and not known.name):
            expected[person.email] = Address(person.email, name)
    assert read == list(expected.values())
