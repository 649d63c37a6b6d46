"""What is said over the room, at each size of window: it lies over nothing that one has to read or press."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
ON_ITS_SIDE = {"width": 844, "height": 390}

# Which of these what is said lies over.
OVER = """([said, others]) => {
  const box = document.querySelector(said).getBoundingClientRect();
  return others.filter((selector) =>
    [...document.querySelectorAll(selector)].some((one) => {
      const { left, right, top, bottom, width, height } = one.getBoundingClientRect();
      if (width <= 1 || height <= 1) return false;
      return left < box.right - 1 && right > box.left + 1 && top < box.bottom - 1 && bottom > box.top + 1;
    }),
  );
}"""
INSIDE = """(selector) => {
  const { left, right, top, bottom } = document.querySelector(selector).getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}"""


def lies_over(person, said: str, *others: str) -> list[str]:
    assert person.page.evaluate(INSIDE, said)
    return person.page.evaluate(OVER, [said, others])


@pytest.fixture
def trio(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    for one in (bob, carol):
        one.join(link)
    for one in (bob, carol):
        one.reaches(alice)
    return alice, bob, carol


@pytest.mark.devices
def test_what_is_said_lies_over_nothing_and_the_large_picture_is_large(trio):
    alice, bob, _ = trio
    alice.open_panel("people").get_by_role("button", name="Rules").click()
    alice.page.get_by_role("switch", name="Locked").click()
    alice.orders("Spotlight for everybody", "Carol")
    alice.orders("Mute", "Bob")
    expect(bob.page.locator("#notice")).to_contain_text("Alice muted you.")
    expect(bob.page.locator("#locked")).to_be_visible()
    line = (".room-top h1", "#locked", ".elapsed", ".room-top .tools", ".tile")
    for size in (WIDE, {"width": 900, "height": 700}, PHONE):
        bob.page.set_viewport_size(size)
        assert lies_over(bob, "#notice", *line) == [], size
    # On its side a phone has no top line.
    bob.page.set_viewport_size(ON_ITS_SIDE)
    assert lies_over(bob, "#notice", ".bar") == []

    alice.orders("Ask to unmute", "Bob")
    expect(bob.page.locator("#asked")).to_be_visible()
    bob.open_panel("chat")
    for size in (WIDE, PHONE, ON_ITS_SIDE):
        bob.page.set_viewport_size(size)
        assert lies_over(bob, "#asked", ".panel:not([hidden])", ".bar", ".room-top") == [], size
    bob.page.set_viewport_size(PHONE)
    large = bob.page.locator(".tile.large").bounding_box()
    assert large is not None
    assert large["width"] > 200
