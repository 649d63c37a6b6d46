"""What the relay of deploy/coturn gives, and what it refuses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import pytest
from aioice import stun

from tests.network.coturn import Caller, Coturn, apart, calling
from tests.servers import spare_port

LOCAL = "127.0.0.1"


@pytest.fixture(scope="module")
def own_relay(coturn_program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    """On this machine, without a lab."""
    folder = tmp_path_factory.mktemp("relay")
    found = Coturn(coturn_program, folder, LOCAL, port=spare_port(), tls_port=spare_port())
    with found.running():
        yield found


def caller(relay: Coturn, **credentials: Any) -> AbstractAsyncContextManager[Caller]:
    return calling(relay.address, relay.port, **{"secret": relay.secret} | credentials)


async def refusal(relay: Coturn, **credentials: Any) -> int:
    """The error code with which it refuses an allocation; 0 if it gives one."""
    try:
        async with caller(relay, **credentials):
            return 0
    except stun.TransactionFailed as error:
        return int(error.response.attributes["ERROR-CODE"][0])


def test_it_understands_every_line_of_its_configuration(own_relay):
    said = own_relay.log.read_text()
    for complaint in "Bad configuration format", "WARNING", "ERROR":
        assert complaint not in said
    # Else a participant could open connections from there (RFC 6062).
    assert "TCP relay endpoints are not allowed" in said


@apart
async def test_it_takes_the_credentials_that_the_server_makes(own_relay):
    async with caller(own_relay) as somebody:
        assert await somebody.may_send_to("198.51.100.7")


@apart
async def test_it_refuses_credentials_that_have_ended(own_relay):
    assert await refusal(own_relay, expires_at=time.time() - 2) == 401


@apart
async def test_it_refuses_credentials_of_another_secret(own_relay):
    assert await refusal(own_relay, secret="south") == 401


@apart
async def test_what_was_allocated_in_time_outlives_its_credentials(own_relay):
    ends = {"expires_at": time.time() + 1, "tag": "soon"}
    async with caller(own_relay, **ends) as somebody:
        while await refusal(own_relay, **ends) != 401:
            await asyncio.sleep(0.1)
        assert await somebody.refresh() == 0
        assert await somebody.may_send_to("198.51.100.7")


@pytest.mark.parametrize(
    "address",
    [
        *(
            "0.0.0.1",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.254",
        ),
        *("192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1", "239.1.2.3", "255.255.255.255"),
    ],
)
@apart
async def test_it_reaches_nothing_that_is_behind_it(own_relay, address):
    async with caller(own_relay) as somebody:
        assert not await somebody.may_send_to(address)


@apart
async def test_one_participant_gets_enough_for_a_full_room_and_no_more(own_relay):
    connections, addresses, while_a_path_is_renewed = 12 - 1, 3, 2
    given, refused = 0, ""
    async with AsyncExitStack() as all_of_them:
        while not refused:
            try:
                await all_of_them.enter_async_context(caller(own_relay, tag="greedy"))
                given += 1
            except stun.TransactionFailed as error:
                refused = str(error)
    assert "Quota" in refused
    assert connections * addresses * while_a_path_is_renewed <= given <= 100
