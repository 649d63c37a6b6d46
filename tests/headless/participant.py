"""A participant without a browser, written from docs/signaling.md alone.

Media are aiortc's, a WebRTC implementation that shares no line with any browser's. It runs on an event
loop in a thread of its own; the public methods may be called from anywhere.
"""

from __future__ import annotations

import asyncio
import json
import math
import secrets
import struct
import threading
import time
import urllib.request
from collections.abc import Coroutine, Sequence
from fractions import Fraction
from http.cookiejar import CookieJar
from typing import Any, cast
from urllib.parse import urlsplit

import av
import websockets
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp

from tests.browser.media import HEIGHT, RATE, SAMPLES, WIDTH, Colour, beep, picture, yuv
from tests.servers import wait_until

SLOTS = ("audio", "video", "audio", "video")  # microphone, camera, screen sound, screen
MICROPHONE, CAMERA = 0, 1
PACKET = SAMPLES // 50

Message = dict[str, Any]

# What a frame may have, without what stands around the messages.
FRAME = 15_000
# docs/signaling.md, "Connections before the click".
FIRST_GENERATION = 1000


class Participant:
    """Comes to a call by its open link; without a colour only to be there, and sends nothing."""

    def __init__(self, name: str, colour: Colour | None = None) -> None:
        self.name, self.colour = name, colour
        self.me = ""
        self.roster: dict[str, Message] = {}
        self.pairs: dict[str, Pair] = {}
        self.chat = Log()
        self.private: dict[str, Log] = {}
        self.refused: list[Message] = []
        self.bye: Message | None = None
        # Whether it takes no notice of what others say in the chat, as if none of it came.
        self.is_deaf = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    # -- what tests call ------------------------------------------------------------------------

    def join(self, link: str) -> None:
        self._run(self._join(link))

    def leave(self) -> None:
        self._run(self._send({"type": "leave"}))
        self._run(self._closed())

    def orders(self, message: Message) -> None:
        """Of the server, whatever it is."""
        self._run(self._send(message))

    def says(self, body: str) -> None:
        self._write({"body": body})

    def answers(self, body: str, answer: str) -> None:
        self._write({"body": answer, "reply_to": self.chat.name_of(body)})

    def edits(self, body: str, words: str) -> None:
        self._write({"kind": "edit", "of": self.chat.name_of(body), "body": words})

    def deletes(self, body: str) -> None:
        self._write({"kind": "deletion", "of": self.chat.name_of(body)})

    def reacts(self, body: str, emoji: str, *, on: bool = True) -> None:
        self._write({"kind": "reaction", "of": self.chat.name_of(body), "body": emoji, "on": on})

    def says_to(self, name: str, body: str) -> None:
        """Alone, and to nobody else."""
        other = self.pair_with(name).other
        self._loop.call_soon_threadsafe(self._say_to, other, {"body": body})

    def types(self, *, on: bool = True) -> None:
        self.tells({"type": "chat-typing", "on": on})

    def tells(self, *messages: Message) -> None:
        """Whatever it is, to everybody, and as fast as it goes."""
        for message in messages:
            self._loop.call_soon_threadsafe(self._tell_all, message)

    def offers(self, file: Message) -> None:
        self._write({"file": file})

    def asks(self, pair: Pair, **request: Any) -> None:
        """For a file of theirs."""
        self._loop.call_soon_threadsafe(pair.ask, request)

    def acknowledges(self, pair: Pair, **written: int) -> None:
        self._loop.call_soon_threadsafe(pair.tell, {"type": "file-ack", **written})

    def pours(self, pair: Pair, *frames: str | bytes) -> None:
        """Into the channel for the bytes of files, as they are."""
        self._loop.call_soon_threadsafe(pair.pour, frames)

    def reads(self, body: str) -> None:
        wait_until(lambda: body in self.chat.words(), f"“{body}” arrives")

    def reads_alone(self, name: str, body: str) -> None:
        other = self.pair_with(name).other
        wait_until(lambda: body in self.log_with(other).words(), f"“{body}” arrives")

    def log_with(self, other: str) -> Log:
        return self.private.setdefault(other, Log())

    def _write(self, what: Message) -> None:
        self._loop.call_soon_threadsafe(self._say, what)

    def pair_with(self, name: str) -> Pair:
        def found() -> list[Pair]:
            return [
                pair
                for other, pair in list(self.pairs.items())
                if self.roster.get(other, {}).get("name") == name and pair.is_open
            ]

        wait_until(found, f"{self.name} is connected to {name}")
        return found()[0]

    def meets(self, name: str, colour: Colour) -> None:
        """Sees their colour move and hears their tone."""
        pair = self.pair_with(name)
        wait_until(lambda: pair.sees(colour), f"{self.name} sees {name} in {colour.name}: {pair.last_seen}")
        wait_until(lambda: pair.hears(colour), f"{self.name} hears {name}")

    def wait_until_told(self, pair: Pair, **facts: bool) -> None:
        """They say this about themselves."""
        wait_until(lambda: facts.items() <= pair.said.items(), f"{facts}, not {pair.said}")

    def close(self) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    # -- the socket -----------------------------------------------------------------------------

    async def _join(self, link: str) -> None:
        cookies = await asyncio.to_thread(open_link, link)
        place = urlsplit(link)
        socket = f"ws://{place.netloc}/ws/rooms{place.path}"
        self._socket = await websockets.connect(
            socket,
            origin=cast(Any, f"{place.scheme}://{place.netloc}"),
            additional_headers={"Cookie": cookies},
        )
        await self._expect("ready")
        await self._send({"type": "join", "name": self.name, "token": None, "fresh": True})
        welcome = await self._expect("welcome")
        self.me, self.rev = welcome["me"], welcome["rev"]
        self.roster = {found["id"]: found for found in welcome["participants"]}
        self._reader = asyncio.create_task(self._read())
        for other in self.roster.values():
            if other["arrival"] < self._arrival:
                pair = await self._pair(other["id"], 1000 * self._arrival)
                await pair.offer()

    @property
    def _arrival(self) -> int:
        return int(self.roster[self.me]["arrival"])

    async def _expect(self, kind: str) -> Message:
        """The next frame of this type; events that come before it are part of it anyway."""
        async for frame in self._socket:
            message: Message = json.loads(frame)
            if message["type"] == kind:
                return message
            assert message["type"] not in ("bye", "failed"), message
        raise AssertionError(f"the socket closed before “{kind}” came")

    async def _send(self, message: Message) -> None:
        await self._socket.send(json.dumps(message))

    async def _read(self) -> None:
        async for frame in self._socket:
            await self._receive(json.loads(frame))

    async def _receive(self, message: Message) -> None:
        if message.get("generation", FIRST_GENERATION) < FIRST_GENERATION:
            return  # a connection before the click, which may be ignored
        match message["type"]:
            case "participant-joined" | "participant-updated" | "participant-left" | "rules" | "order":
                await self._follow(message)
            case "snapshot":
                self.rev = message["rev"]
                now = {found["id"]: found for found in message["participants"]}
                for other, old in self.roster.items():
                    if other not in now or now[other]["arrival"] != old["arrival"]:
                        await self._part(other)
                self.roster = now
            case "description":
                await self._receive_description(message)
            case "candidates":
                if pair := self._current(message):
                    await pair.receive_candidates(message["candidates"])
            case "need-offer":
                if pair := self._current(message):
                    again = pair.generation + 1 if message["reason"] == "connection" else pair.generation
                    pair = await self._pair(message["sender"], again)
                    await pair.offer()
            case "failed" | "undeliverable":
                self.refused.append(message)
            case "bye":
                self.bye = message

    async def _follow(self, event: Message) -> None:
        if event["rev"] <= self.rev:
            return
        if event["rev"] > self.rev + 1:
            await self._send({"type": "sync"})
            return
        self.rev = event["rev"]
        if event["type"] in ("rules", "order"):
            return
        if event["type"] == "participant-left":
            await self._part(event["id"])
            self.roster.pop(event["id"], None)
            return
        found = event["participant"]
        old = self.roster.get(found["id"])
        if old and old["arrival"] != found["arrival"]:
            await self._part(found["id"])
        self.roster[found["id"]] = found

    # -- pairs ----------------------------------------------------------------------------------

    async def _pair(self, other: str, generation: int) -> Pair:
        """The connection of this generation, which may be a new one."""
        if other in self.pairs and self.pairs[other].generation < generation:
            await self._part(other)
        if other not in self.pairs:
            self.pairs[other] = Pair(self, other, generation)
        return self.pairs[other]

    def _current(self, message: Message) -> Pair | None:
        pair = self.pairs.get(message["sender"])
        return pair if pair and pair.generation == message["generation"] else None

    async def _receive_description(self, message: Message) -> None:
        sender, generation = message["sender"], message["generation"]
        if message["description"]["type"] == "answer":
            if pair := self._current(message):
                await pair.receive_answer(message["description"])
        elif sender not in self.pairs or self.pairs[sender].generation <= generation:
            pair = await self._pair(sender, generation)
            await pair.answer(message["description"])

    async def _part(self, other: str) -> None:
        if pair := self.pairs.pop(other, None):
            await pair.close()

    # -- chat -----------------------------------------------------------------------------------

    def _say(self, what: Message) -> None:
        self._tell_all({"type": "chat", **self.chat.write(self, what)})

    def _say_to(self, other: str, what: Message) -> None:
        message = self.log_with(other).write(self, what)
        self.pairs[other].tell({"type": "private-chat", **message})

    def _tell_all(self, message: Message) -> None:
        for pair in self.pairs.values():
            pair.tell(message)

    # -- the end --------------------------------------------------------------------------------

    async def _closed(self) -> None:
        await asyncio.wait_for(self._socket.wait_closed(), 10)

    async def _close(self) -> None:
        for other in list(self.pairs):
            await self._part(other)
        if hasattr(self, "_socket"):
            await self._socket.close()
            await self._reader


class Log:
    """What is said in a conversation, by the ids of the events."""

    def __init__(self) -> None:
        self.events: dict[str, Message] = {}
        # The highest numbers of each author, and of all.
        self._lasts: dict[str, int] = {}
        self._lamport = 0

    def write(self, mine: Participant, what: Message) -> Message:
        """An event of my own."""
        message: Message = {
            "id": secrets.token_hex(16),
            "author": mine.me,
            "name": mine.name,
            "n": self.last(mine.me) + 1,
            "lamport": self._lamport + 1,
            "sent_at": int(time.time() * 1000),
            **what,
        }
        self.hear(message)
        return message

    def hear(self, message: Message) -> None:
        author, n = message["author"], message["n"]
        self.events.setdefault(message["id"], message)
        self._lasts[author] = max(n, self.last(author))
        self._lamport = max(self._lamport, message["lamport"])

    def last(self, author: str) -> int:
        return self._lasts.get(author, 0)

    def have(self) -> dict[str, int]:
        return dict(self._lasts)

    def lacking(self, asked: Message) -> list[Message]:
        """What somebody who asks lacks, in order."""
        return [
            found
            for found in self._ordered()
            if found["n"] > asked["have"].get(found["author"], 0)
            and found["author"] in asked.get("of", [found["author"]])
        ]

    def words(self) -> list[str]:
        """What there is to read, in order."""
        said = {
            _name(found): found["body"] for found in self._ordered() if "body" in found and "of" not in found
        }
        for found in self._ordered():
            of = found.get("of", "")
            if of not in said or of.partition(" ")[0] != found["author"]:
                continue
            if found.get("kind") == "edit":
                said[of] = found["body"]
        gone = {
            found["of"]
            for found in self._ordered()
            if found.get("kind") == "deletion" and found["of"].partition(" ")[0] == found["author"]
        }
        return [body for name, body in said.items() if name not in gone]

    def reactions(self, body: str) -> set[tuple[str, str]]:
        """Who has reacted to it, and with what."""
        given: dict[tuple[str, str], bool] = {}
        for found in self._ordered():
            if found.get("kind") == "reaction" and found["of"] == self.name_of(body):
                given[found["author"], found["body"]] = found["on"]
        return {which for which, on in given.items() if on}

    def name_of(self, body: str) -> str:
        """How others name the message with these words, as it was first said."""
        return next(
            _name(found) for found in self._ordered() if found.get("body") == body and "of" not in found
        )

    def _ordered(self) -> list[Message]:
        events = list(self.events.values())  # the test reads in another thread
        return sorted(events, key=lambda found: (found["lamport"], found["author"], found["n"]))


def _name(message: Message) -> str:
    return f"{message['author']} {message['id']}"


class Pair:
    """The connection to one other participant, of one generation."""

    def __init__(self, mine: Participant, other: str, generation: int) -> None:
        self.other, self.generation = other, generation
        self.said: Message = {}
        self.last_seen = "nothing yet"
        # Up to which number they have mine: of what all read, and of what they alone do.
        self.acknowledged: dict[str, int] = {}
        self.is_typing = False
        # What they have said of files, and the frames that came of them.
        self.of_files: list[Message] = []
        self.frames: list[str | bytes] = []
        self.channel: RTCDataChannel | None = None
        self.bulk: RTCDataChannel | None = None
        self._mine = mine
        self._seen: list[tuple[int, int, int]] = []
        self._bars: set[int] = set()
        self._heard: dict[int, float] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._early: list[Message | None] = []
        self.connection = RTCPeerConnection(RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.connection.on("track", self._listen)

    @property
    def is_open(self) -> bool:
        """Whether the two can talk."""
        return self.channel is not None and self.channel.readyState == "open"

    async def offer(self) -> None:
        """The four slots in their order and then the channel; or, the next time, the same slots again."""
        if not self.connection.getTransceivers():
            for kind in SLOTS:
                self.connection.addTransceiver(kind, direction="sendrecv")
            self._send_tracks()
            self._open_channel()
        await self.connection.setLocalDescription(await self.connection.createOffer())
        await self._describe()

    async def answer(self, description: Message) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(**description))
        if not self.channel:
            for transceiver in self.connection.getTransceivers():
                transceiver.direction = "sendrecv"
            self._send_tracks()
            self._open_channel()
        await self.connection.setLocalDescription(await self.connection.createAnswer())
        await self._describe()
        await self._catch_up()

    async def receive_answer(self, description: Message) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(**description))
        await self._catch_up()

    async def receive_candidates(self, candidates: list[Message | None]) -> None:
        self._early += candidates
        if self.connection.remoteDescription is not None:
            await self._catch_up()

    async def _catch_up(self) -> None:
        early, self._early = self._early, []
        for found in early:
            candidate = None
            if found and found["candidate"]:
                candidate = candidate_from_sdp(found["candidate"].partition(":")[2])
                candidate.sdpMid, candidate.sdpMLineIndex = found["sdpMid"], found["sdpMLineIndex"]
            await self.connection.addIceCandidate(candidate)

    async def _describe(self) -> None:
        """aiortc gathers before it describes, so its candidates stand in the description."""
        made = self.connection.localDescription
        await self._mine._send(
            {
                "type": "description",
                "to": self.other,
                "generation": self.generation,
                "description": {"type": made.type, "sdp": made.sdp},
            }
        )

    def _send_tracks(self) -> None:
        if self._mine.colour is None:
            return
        slots = self.connection.getTransceivers()
        slots[MICROPHONE].sender.replaceTrack(Tone(self._mine.colour))
        slots[CAMERA].sender.replaceTrack(Picture(self._mine.colour))

    # -- ctl ------------------------------------------------------------------------------------

    def _open_channel(self) -> None:
        self.channel = self.connection.createDataChannel("ctl", negotiated=True, id=0)
        self.channel.on("open", self._greet)
        self.channel.on("message", self._hear)

    def _greet(self) -> None:
        sends = self._mine.colour is not None
        self.tell({"type": "state", "microphone": sends, "camera": sends, "screen": False, "hand": False})
        self.tell({"type": "chat-sync", "have": self._mine.chat.have()})
        private = self._mine.log_with(self.other)
        self.tell({"type": "private-chat-sync", "have": private.have(), "of": [self.other]})

    def tell(self, message: Message) -> None:
        if self.channel and self.is_open:
            self.channel.send(json.dumps(message))

    def _hear(self, text: str) -> None:
        message: Message = json.loads(text)
        kind = message.pop("type")
        if self._mine.is_deaf and "chat" in kind:
            return
        match kind:
            case "state":
                self.said = message
            case "chat-typing":
                self.is_typing = message["on"]
            case "file-request" | "file-ack" | "file-refused" | "file-stop":
                self.of_files.append({"type": kind, **message})
            case "file-ping":
                self.tell({"type": "file-pong", **message})
            case "chat" | "chat-history" | "chat-ack" | "chat-sync":
                self._talk(kind, message, self._mine.chat, "")
            case "private-chat" | "private-chat-history" | "private-chat-ack" | "private-chat-sync":
                self._talk(
                    kind.removeprefix("private-"), message, self._mine.log_with(self.other), "private-"
                )

    # -- files ----------------------------------------------------------------------------------

    def requests(self, file: str) -> list[Message]:
        """They want it."""
        return [
            said for said in list(self.of_files) if said["type"] == "file-request" and said["file"] == file
        ]

    def ask(self, request: Message) -> None:
        self._open_bulk()
        self.tell({"type": "file-request", **request})

    def pour(self, frames: Sequence[str | bytes]) -> None:
        bulk = self._open_bulk()
        for frame in frames:
            if bulk.readyState == "open":
                bulk.send(frame)

    def _open_bulk(self) -> RTCDataChannel:
        if self.bulk is None:
            self.bulk = self.connection.createDataChannel("bulk", negotiated=True, id=1)
            self.bulk.on("message", self.frames.append)
        return self.bulk

    def _talk(self, kind: str, message: Message, log: Log, prefix: str) -> None:
        match kind:
            case "chat" if message["author"] == self.other:
                log.hear(message)
                self.tell({"type": f"{prefix}chat-ack", "n": log.last(self.other)})
            case "chat-history":
                for found in message["messages"]:
                    # Of what is between two, nobody else has anything to say.
                    if found["author"] == self.other or (not prefix and found["author"] != self._mine.me):
                        log.hear(found)
                if last := log.last(self.other):
                    self.tell({"type": f"{prefix}chat-ack", "n": last})
            case "chat-ack":
                self.acknowledged[prefix] = max(self.acknowledged.get(prefix, 0), message["n"])
            case "chat-sync":
                lacking = log.lacking(message)
                told = lacking[: message.get("most", 1000)]
                left = len(lacking)
                for some in frames_of(told):
                    left -= len(some)
                    self.tell({"type": f"{prefix}chat-history", "messages": some, "left": left})
                if not told:
                    self.tell({"type": f"{prefix}chat-history", "messages": [], "left": len(lacking)})

    # -- media ----------------------------------------------------------------------------------

    def _listen(self, track: MediaStreamTrack) -> None:
        watch = self._watch if track.kind == "video" else self._notice
        if self._mine.colour is None:
            watch = self._pass_time
        self._tasks.append(asyncio.ensure_future(watch(track)))

    async def _pass_time(self, track: MediaStreamTrack) -> None:
        async for _ in frames(track):
            pass

    async def _watch(self, track: MediaStreamTrack) -> None:
        async for frame in frames(track):
            small = frame.reformat(width=64, height=36, format="yuv420p")
            y, u, v = (bytes(plane) for plane in small.planes)
            self._seen = [*self._seen[-20:], (sum(y) // len(y), sum(u) // len(u), sum(v) // len(v))]
            self._bars.add(y.index(max(y)))
            self.last_seen = f"{frame.width}x{frame.height}, mean YUV {self._seen[-1]}"

    async def _notice(self, track: MediaStreamTrack) -> None:
        async for frame in frames(track):
            channels = len(frame.layout.channels)
            samples = struct.unpack(
                f"<{frame.samples * channels}h", bytes(frame.planes[0])[: frame.samples * channels * 2]
            )
            for hertz in (440, 740, 1180, 1760):
                level = loudness(samples[::channels], hertz, frame.sample_rate)
                self._heard[hertz] = max(self._heard.get(hertz, 0.0), level)

    def sees(self, colour: Colour) -> bool:
        """The last pictures had this colour and moved; the bar changes only their brightness."""
        _, u, v = yuv(colour.rgb)
        alike = [abs(seen[1] - u) < 16 and abs(seen[2] - v) < 16 for seen in self._seen[-5:]]
        return len(alike) == 5 and all(alike) and len(self._bars) > 3

    def hears(self, colour: Colour) -> bool:
        loudest = max(self._heard, key=lambda hertz: self._heard[hertz], default=0)
        return loudest == colour.hertz and self._heard[loudest] > 0.05

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.connection.close()


def open_link(link: str) -> str:
    """Open the meeting's link once, as a browser would; answers with the cookie header."""
    jar = CookieJar()
    urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(link, timeout=20).close()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def frames_of(messages: list[Message]) -> list[list[Message]]:
    """As many in each as fit."""
    found: list[list[Message]] = []
    room = 0
    for message in messages:
        size = len(json.dumps(message)) + 2
        if size > room:
            found.append([])
            room = FRAME
        found[-1].append(message)
        room -= size
    return found


async def frames(track: MediaStreamTrack) -> Any:
    """Until the track ends."""
    while True:
        try:
            yield await track.recv()
        except MediaStreamError:
            return


def loudness(samples: tuple[int, ...], hertz: int, rate: int) -> float:
    """How strong one frequency is in a piece of sound, from 0 to 1 (Goertzel's algorithm)."""
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample / 32_768 + turn * last - before
    power = last * last + before * before - turn * last * before
    return 2 * math.sqrt(max(power, 0.0)) / len(samples)


class Picture(MediaStreamTrack):
    """A camera that delivers a colour, crossed by a bar."""

    kind = "video"

    def __init__(self, colour: Colour) -> None:
        super().__init__()
        self._colour, self._number, self._started = colour, 0, time.monotonic()

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(self._started + self._number / RATE - time.monotonic())
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, content in zip(frame.planes, picture(self._colour, self._number), strict=True):
            width = plane.width
            rows = (content[at : at + width] for at in range(0, len(content), width))
            plane.update(b"".join(row.ljust(plane.line_size, b"\0") for row in rows))
        frame.pts, frame.time_base = self._number, Fraction(1, RATE)
        self._number += 1
        return frame


class Tone(MediaStreamTrack):
    """A microphone that delivers a colour's beeps."""

    kind = "audio"

    def __init__(self, colour: Colour) -> None:
        super().__init__()
        self._colour, self._number, self._started = colour, 0, time.monotonic()

    async def recv(self) -> av.AudioFrame:
        await asyncio.sleep(self._started + self._number / SAMPLES - time.monotonic())
        frame = av.AudioFrame(format="s16", layout="mono", samples=PACKET)
        frame.planes[0].update(beep(self._colour, self._number, PACKET))
        frame.sample_rate, frame.pts, frame.time_base = SAMPLES, self._number, Fraction(1, SAMPLES)
        self._number += PACKET
        return frame
