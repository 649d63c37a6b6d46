"""Before the click: connections stand ready, and nothing goes through them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.person import Person, meet_each_other
from tests.servers import wait_until


@pytest.mark.devices
def test_the_click_only_fills_the_slots(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    stand_ready(alice, bob)
    before = connections_made(alice), connections_made(bob)
    bob.join()
    meet_each_other(alice, bob)
    alice.says("You were here before you came.")
    bob.reads("You were here before you came.")
    assert (connections_made(alice), connections_made(bob)) == before


@pytest.mark.devices
def test_nobody_sends_anything_to_somebody_who_has_not_entered(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    stand_ready(alice, bob)
    for person in (alice, bob):
        [early] = links(person)
        assert early["slots"] == 0
        assert (early["sent"], early["received"]) == (0, 0)
    assert alice.tiles().count() == 1


def test_those_inside_see_that_somebody_is_about_to_come_in(alice, bob):
    link = alice.meet_now()
    alice.join()
    stage = alice.page.locator("#stage")
    expect(stage).to_contain_text("Nobody else is here")
    bob.open(link)
    expect(stage).to_contain_text("Somebody is getting ready to come in")
    expect(alice.open_panel("people")).to_contain_text("Somebody is getting ready to come in")
    assert not alice.barriers()
    bob.join()
    alice.reaches(bob)
    expect(alice.page.get_by_text("getting ready to come in")).to_have_count(0)


def test_who_goes_away_without_a_click_is_forgotten(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    stand_ready(alice, bob)
    bob.page.close()
    has_ready(alice, 0)


@pytest.mark.devices
def test_somebody_who_comes_in_meanwhile_is_connected_too(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    stand_ready(alice, bob)
    carol.join(link)
    carol.meets(alice)
    has_ready(bob, 2)
    bob.join()
    meet_each_other(alice, bob, carol)


@pytest.mark.devices
def test_somebody_who_reloads_meanwhile_is_connected_again(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    stand_ready(alice, bob)
    alice.reload()
    stand_ready(alice, bob)
    bob.join()
    meet_each_other(alice, bob)


@pytest.mark.devices("Bob")
def test_a_click_before_the_page_is_ready_takes_the_seat_already(alice, bob):
    link = alice.meet_now()
    alice.join()
    held: list[Route] = []
    bob.page.route("**/js/room/main.*.js", lambda route: held.append(route))
    bob.page.goto(link, wait_until="commit")
    bob.page.get_by_label("Your name").fill("Bob")
    bob.page.get_by_role("button", name="Join").click()
    expect(alice.tile_of("Bob")).to_be_visible()
    # What draws the room is fetched already, and not only by the modules that are held.
    expect(bob.page.locator('head link[rel=modulepreload][href*="/room/views/stage."]')).to_have_count(1)
    bob.page.get_by_label("Your name").fill("Robert")
    wait_until(lambda: bob.page.evaluate("true") and held, "the last module is asked for")
    for route in held:
        route.continue_()
    bob.in_phase("joined")
    alice.meets(bob)
    expect(alice.tile_of("Robert")).to_have_count(0)


def test_who_reloads_before_the_page_is_ready_leaves_no_second_one_behind(alice, bob):
    link = alice.meet_now()
    alice.join()
    held: list[Route] = []
    bob.page.route("**/js/room/main.*.js", lambda route: held.append(route))
    for _ in range(2):
        bob.page.goto(link, wait_until="commit")
        bob.page.get_by_label("Your name").fill("Bob")
        bob.page.get_by_role("button", name="Join").click()
        expect(alice.tile_of("Bob")).to_have_count(1)
    bob.page.goto("about:blank")
    expect(alice.tile_of("Bob")).to_have_count(0)


def test_a_click_without_a_name_before_the_page_is_ready_asks_for_the_name(alice, bob):
    link = alice.meet_now()
    held: list[Route] = []
    bob.page.route("**/js/room/main.*.js", lambda route: held.append(route))
    bob.page.goto(link, wait_until="commit")
    bob.page.get_by_role("button", name="Join").click()
    wait_until(lambda: bob.page.evaluate("true") and held, "the last module is asked for")
    for route in held:
        route.continue_()
    expect(bob.page.get_by_text("Tell the others what to call you.")).to_be_visible()
    bob.join()
    bob.in_phase("joined")


def stand_ready(*people: Person) -> None:
    for person in people:
        has_ready(person, 1)


def has_ready(person: Person, count: int) -> None:
    wait_until(
        lambda: [link["state"] for link in links(person)] == ["connected"] * count,
        f"{person.name} is connected to {count}",
    )


def links(person: Person) -> list[dict[str, object]]:
    found: list[dict[str, object]] = person.page.evaluate("window.observe.links()")
    return found


def connections_made(person: Person) -> int:
    """How many there have been; one that only warms the browser up is among them."""
    return int(person.page.evaluate("window.observe.connections.length"))
