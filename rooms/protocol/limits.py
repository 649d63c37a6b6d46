"""How much one socket may say (docs/signaling.md, "The rest")."""

from __future__ import annotations

from collections.abc import Callable

BURST = 200
FRAMES_PER_SECOND = 40.0
MAX_TOO_FAST = 3
MAX_REFUSED = 10
# A visitor needs a few signals for everybody inside, once; whoever gets them answers each.
VISITOR_BURST = 60
VISITOR_SIGNALS_PER_SECOND = 3.0
# Each may become rows in the database, so there are fewer of these than of other frames.
LINKS_BURST = 10
LINKS_PER_SECOND = 1.0
# Each reaches every host, so nobody says it of many.
FLOODED_BURST = 5
FLOODED_PER_SECOND = 0.05
# Each is looked at by everybody who stands at the door.
LOBBY_BURST = 5
LOBBY_PER_SECOND = 0.5
# Each is a transaction, and up to one event for everybody inside; a host who tidies up is quick.
COMMANDS_BURST = 30
COMMANDS_PER_SECOND = 2.0


class TokenBucket:
    """Lets `burst` frames pass at once and `rate` a second for long."""

    __slots__ = ("burst", "clock", "filled_at", "rate", "tokens")

    def __init__(self, burst: float, rate: float, clock: Callable[[], float]) -> None:
        self.burst = burst
        self.rate = rate
        self.clock = clock
        self.tokens = burst
        self.filled_at = clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = self.clock()
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    @property
    def is_full(self) -> bool:
        """As after the last `take`, but for the one that it took."""
        return self.tokens >= self.burst - 1


class Limits:
    """The limits of one socket."""

    __slots__ = ("commands", "flooded", "frames", "links", "lobby", "refused", "too_fast", "visit")

    def __init__(self, clock: Callable[[], float]) -> None:
        self.frames = TokenBucket(BURST, FRAMES_PER_SECOND, clock)
        self.links = TokenBucket(LINKS_BURST, LINKS_PER_SECOND, clock)
        self.flooded = TokenBucket(FLOODED_BURST, FLOODED_PER_SECOND, clock)
        self.lobby = TokenBucket(LOBBY_BURST, LOBBY_PER_SECOND, clock)
        self.commands = TokenBucket(COMMANDS_BURST, COMMANDS_PER_SECOND, clock)
        self.visit = TokenBucket(VISITOR_BURST, VISITOR_SIGNALS_PER_SECOND, clock)
        # How many frames were refused, and how many of late because they came too fast.
        self.refused = 0
        self.too_fast = 0

    def pass_frame(self) -> bool:
        """Whether one more frame may be heard now."""
        if not self.frames.take():
            return False
        if self.frames.is_full:
            # It was quiet for long: what was too fast then is forgiven.
            self.too_fast = 0
        return True
