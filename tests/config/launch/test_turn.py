"""The relay of `./run --turn`: where it listens, and what coturn is told."""

from __future__ import annotations

import socket

import pytest

from config.launch import turn
from tests.servers import spare_port


@pytest.fixture(autouse=True)
def _in_a_network(monkeypatch):
    """With coturn installed, on a machine that others know as 192.168.1.5."""
    monkeypatch.setattr(turn, "program", lambda: "/usr/bin/turnserver")
    monkeypatch.setattr(turn, "outward_address", lambda: "192.168.1.5")
    monkeypatch.setattr(turn, "spare_port", lambda address, ports: ports[0])


@pytest.mark.parametrize(
    ("host", "public_name", "address", "name"),
    [
        ("127.0.0.1", "localhost", "127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "localhost", "192.168.1.5", "192.168.1.5"),
        ("192.168.7.7", "192.168.7.7", "192.168.7.7", "192.168.7.7"),
        # Behind a proxy on the same machine, to which people come from elsewhere.
        ("127.0.0.1", "meet.example.org", "192.168.1.5", "meet.example.org"),
        ("0.0.0.0", "meet.example.org", "192.168.1.5", "meet.example.org"),
    ],
)
def test_it_listens_where_the_people_are(host, public_name, address, name):
    found = turn.relay(host, public_name, "secret")
    assert (found.address, found.name, found.port) == (address, name, 3478)


def test_browsers_get_it_over_udp_and_tcp():
    found = turn.relay("0.0.0.0", "localhost", "north")
    assert found.settings() == {
        "STUN_URLS": "stun:192.168.1.5:3478",
        "TURN_URLS": "turn:192.168.1.5:3478?transport=udp,turn:192.168.1.5:3478?transport=tcp",
        "TURN_SECRET": "north",
    }


@pytest.mark.parametrize(("host", "loops"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_it_reaches_nobody_but_itself(host, loops, tmp_path):
    found = turn.relay(host, "localhost", "north")
    path = found.write_configuration(tmp_path / "turn")
    lines = path.read_text().splitlines()
    assert [line for line in lines if line.startswith("allowed-")] == [f"allowed-peer-ip={found.address}"]
    assert "denied-peer-ip=0.0.0.0-255.255.255.255" in lines
    assert {"use-auth-secret", "static-auth-secret=north", "no-cli", "no-tcp-relay"} <= set(lines)
    assert ("allow-loopback-peers" in lines) is loops


def test_only_its_owner_reads_the_secret(tmp_path):
    path = turn.relay("127.0.0.1", "localhost", "north").write_configuration(tmp_path / "turn")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_that_is_taken_is_passed_over(kind, monkeypatch):
    monkeypatch.undo()
    free = spare_port()
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        assert turn.spare_port("127.0.0.1", [taken.getsockname()[1], free]) == free
        with pytest.raises(turn.NoRelay, match="none is free"):
            turn.spare_port("127.0.0.1", [taken.getsockname()[1]])


def test_a_silent_port_is_no_relay():
    assert not turn.Relay("127.0.0.1", "127.0.0.1", spare_port(), "north").answers()
