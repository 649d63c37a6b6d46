"""What people in the lab do in more than one test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from tests.browser.person import Person, meet_each_other

# What a path is, in the words of paths.js.
RELAYED = "way.local === 'relay' || way.remote === 'relay'"


def meet(alice: Person, bob: Person) -> None:
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    meet_each_other(alice, bob)


def takes(person: Person, condition: str) -> dict[str, Any]:
    """The path of their one connection, as soon as it is like that: a browser may begin with a lesser one."""
    try:
        person.page.wait_for_function(
            f"async () => {{ const [way] = await window.paths.taken(); return way && ({condition}); }}",
            timeout=15_000, polling=200,
        )  # fmt: skip
    except Exception as error:
        raise AssertionError(
            f"not {condition}, but {person.page.evaluate('window.paths.taken()')}"
        ) from error
    [way] = person.page.evaluate("window.paths.taken()")
    print(f"{person.name} takes {way}")
    return dict(way)


def wait_while_they_talk(person: Person, seconds: float) -> None:
    """Until that much of a call has gone by on their page."""
    person.page.wait_for_function(
        "(end) => performance.now() > end", arg=clock(person) + 1000 * seconds, timeout=60_000, polling=100
    )


def clock(person: Person) -> float:
    """Milliseconds, as their page counts them."""
    return float(person.page.evaluate("performance.now()"))


def listen(person: Person, other: Person) -> None:
    """Their page writes down from here on when it plays the other's tone."""
    person.page.evaluate("(hertz) => window.paths.listen(hertz)", other.colour.hertz)


def beeps(person: Person, start: float) -> int:
    """How many they have heard since then."""
    return int(person.page.evaluate("(start) => window.paths.beeps(start)", start))


def reception(person: Person) -> dict[str, float]:
    """Packets and sound that came in so far, as paths.js counts them."""
    found: dict[str, float] = person.page.evaluate("window.paths.reception()")
    return found


def soonest_after(changes: Iterable[Callable[[], None]], alice: Person, bob: Person, enough: float) -> float:
    """The shortest silence, in seconds: a machine with other things to do spoils one, not all of them."""
    shortest = inf
    for change in changes:
        shortest = min(shortest, goes_on_after(change, alice, bob))
        if shortest < enough:
            break
    return shortest


def goes_on_after(change: Callable[[], None], alice: Person, bob: Person) -> float:
    """Both are heard and seen again; how many seconds that took. What came on its old way is not counted."""
    both = (alice, bob), (bob, alice)
    for person, other in both:
        listen(person, other)
        person.page.wait_for_function("() => window.paths.heardSince(0).length > 0", polling=100)
    silences = []
    with alice.expecting("WebSocket connection", "ERR_"):
        before = [clock(person) for person, _ in both]
        change()
        changed = [clock(person) for person, _ in both]
        for (person, other), start, end in zip(both, before, changed, strict=True):
            # One second is more than any buffer holds.
            person.page.wait_for_function(
                "(after) => window.paths.heardSince(after).length > 0",
                arg=end + 1000,
                timeout=90_000,
                polling=100,
            )
            silence = person.page.evaluate("(start) => window.paths.silence(start)", start)
            silences.append(silence / 1000)
            print(f"{person.name} did not hear {other.name} for {silence / 1000:.1f} s")
            told = person.page.evaluate("(start) => window.paths.signsSince(start)", start)
            print(f"{person.name}'s page was told of the network: {told}")
        meet_each_other(alice, bob)
    return max(silences)
