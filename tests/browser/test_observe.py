"""The observers of these tests are worth something only if they can say no."""

import pytest

from tests.browser import person as person_module
from tests.browser.media import BLUE, GREEN, RED
from tests.browser.server import Server

pytestmark = pytest.mark.devices

# A page with one tile that shows and plays the person's own devices.
SET_UP = """async ({ frozen, muted }) => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const tile = document.createElement("div");
  tile.dataset.participant = "x";
  tile.textContent = "Bob";
  const video = document.createElement("video");
  video.className = "camera";
  video.muted = true;
  video.srcObject = new MediaStream(stream.getVideoTracks());
  const audio = new Audio();
  audio.srcObject = new MediaStream(stream.getAudioTracks());
  audio.muted = muted;
  tile.append(video);
  document.body.append(tile);
  await Promise.all([video.play(), audio.play()]);
  await new Promise((shown) => video.requestVideoFrameCallback(shown));
  if (frozen) stream.getVideoTracks()[0].enabled = false;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Never started: the one page is made here."""
    found = Server(tmp_path_factory.mktemp("nowhere"))
    found.log.touch()
    return found


@pytest.fixture
def alone(visitor, monkeypatch):
    """Bob with a page that holds nothing but his own tile."""
    monkeypatch.setattr(person_module, "MEDIA_SECONDS", 2)
    bob = visitor("Bob")
    bob.context.route("**/alone", lambda route: route.fulfill(body="<body>", content_type="text/html"))
    bob.go("/alone")

    def show(**options):
        bob.page.evaluate(SET_UP, {"frozen": False, "muted": False} | options)
        return bob

    return show


def test_they_see_the_right_colour_and_no_other(alone):
    bob = alone()
    bob.sees_picture("Bob", GREEN)
    for colour in RED, BLUE:
        with pytest.raises(AssertionError, match="does not see"):
            bob.sees_picture("Bob", colour)


def test_they_do_not_take_a_still_for_a_picture_that_moves(alone):
    with pytest.raises(AssertionError, match="does not see"):
        alone(frozen=True).sees_picture("Bob", GREEN)


def test_they_hear_the_right_tone_and_no_other(alone, carol):
    bob = alone()
    bob.hears(bob)
    bob.hears_nothing_of(carol)
    with pytest.raises(AssertionError, match="still hears"):
        bob.hears_nothing_of(bob)


def test_they_do_not_hear_what_is_muted(alone):
    bob = alone(muted=True)
    bob.hears_nothing_of(bob)
    with pytest.raises(AssertionError, match="does not hear"):
        bob.hears(bob)


def test_an_error_in_the_console_is_noted(alone):
    bob = alone()
    bob.page.evaluate("console.error('a fault')")
    with bob.expecting("a fault that we know"):
        bob.page.evaluate("console.error('a fault that we know')")
    [error] = bob.errors
    assert "a fault" in error
    bob.errors.clear()


def test_nobody_is_looked_at_or_listened_to_who_has_no_devices(alone, visitor):
    bob, carol = alone(), visitor("Carol", trouble="missing")
    for look in bob.sees, bob.hears, bob.hears_nothing_of, bob.meets:
        with pytest.raises(AssertionError, match="Carol has no camera and no microphone"):
            look(carol)


def test_what_nobody_can_read_is_a_barrier_and_what_fades_in_while_one_looks_is_none(alone):
    bob = alone()
    bob.page.evaluate("""() => {
      const words = document.body.appendChild(document.createElement("p"));
      words.id = "words";
      words.textContent = "To the first page";
      Object.assign(words.style, { transition: "color 0.3s", background: "white", color: "#ccc" });
    }""")
    assert any("color-contrast" in barrier for barrier in bob.barriers())
    # As where the pointer turns out to be over a button that has just been drawn.
    bob.page.evaluate("""() => {
      const run = axe.run;
      axe.run = (options) => {
        document.querySelector("#words").style.color = "black";
        return run.call(axe, options);
      };
    }""")
    assert not any("color-contrast" in barrier for barrier in bob.barriers())
