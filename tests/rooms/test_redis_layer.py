"""Our channel layer on Redis: what is said is heard, or it is known that nobody listens."""

from __future__ import annotations

import asyncio

import pytest

from rooms.redis_layer import NobodyListens, RedisLayer
from tests.rooms.conftest import SECONDS


@pytest.fixture
async def layers(redis_url):
    layers = RedisLayer(redis_url), RedisLayer(redis_url)
    yield layers
    for layer in layers:
        await layer.close()


async def ears_of(layer):
    """A channel that Redis knows."""
    channel = await layer.new_channel("process")
    await layer.group_add("ready", channel)
    return channel


async def next_of(layer, channel):
    return await asyncio.wait_for(layer.receive(channel), SECONDS)


async def test_a_letter_reaches_one_process(layers):
    here, there = layers
    channel = await ears_of(there)
    await here.send(channel, {"type": "signal", "text": "“hi”", "events": [(1, "x")]})
    assert await next_of(there, channel) == {"type": "signal", "text": "“hi”", "events": [[1, "x"]]}


async def test_a_letter_to_nobody_is_returned(layers):
    here, _ = layers
    with pytest.raises(NobodyListens):
        await here.send("roundtable.process.gone", {"type": "signal"})


async def test_what_is_published_reaches_everybody_in_the_group_and_nobody_else(layers):
    here, there = layers
    ours, theirs = await ears_of(here), await ears_of(there)
    await here.group_add("room.1", ours)
    await there.group_add("room.1", theirs)
    await there.group_add("room.2", theirs)
    await here.group_send("room.1", {"n": 1})
    await here.group_send("room.2", {"n": 2})
    assert (await next_of(here, ours), await next_of(there, theirs)) == ({"n": 1}, {"n": 1})
    assert await next_of(there, theirs) == {"n": 2}
    await there.group_discard("room.2", theirs)
    await here.group_send("room.2", {"n": 3})
    await here.send(theirs, {"n": 4})
    assert await next_of(there, theirs) == {"n": 4}


async def test_whoever_does_not_listen_may_publish(layers):
    here, there = layers
    channel = await ears_of(there)
    await there.group_add("room.1", channel)
    await here.group_send("room.1", {"n": 1})
    assert await next_of(there, channel) == {"n": 1}


async def test_rooms_added_while_connecting_are_heard_too(layers):
    here, there = layers
    channel = await there.new_channel("process")
    await asyncio.gather(*(there.group_add(f"room.{n}", channel) for n in range(20)))
    for n in range(20):
        await here.group_send(f"room.{n}", {"n": n})
    assert [(await next_of(there, channel))["n"] for _ in range(20)] == list(range(20))


async def test_while_redis_is_away_it_says_so_at_once():
    layer = RedisLayer("redis://127.0.0.1:1/0")
    channel = await layer.new_channel("process")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(layer.group_add("room.1", channel), SECONDS)
    await layer.close()
