from __future__ import annotations

import base64
import hashlib
import hmac

from rooms.protocol.ice import servers
from rooms.protocol.messages import IceServer, IceServers

STUN, TURN = ["stun:stun.example.org"], ["turn:turn.example.org", "turns:turn.example.org"]


def asked(stun, turn, secret="north"):
    return servers(stun, turn, secret=secret, lifetime=3600.0, now=1_795_000_000.5, tag="Xyz")


def test_nobody_is_asked_by_default():
    assert asked([], []) == IceServers([], None)


def test_stun_needs_no_credentials_and_does_not_expire():
    assert asked(STUN, []) == IceServers([IceServer(STUN)], None)


def test_turn_credentials_are_those_that_coturn_computes():
    found = asked(STUN, TURN)
    username = "1795003600:Xyz"
    credential = base64.b64encode(hmac.digest(b"north", username.encode(), hashlib.sha1)).decode()
    assert found.ice_servers == [IceServer(STUN), IceServer(TURN, username, credential)]
    assert found.ice_expires_at == 1_795_003_600
    assert found.ice_expires_in == 3_600


def test_turn_without_a_secret_does_not_expire():
    found = asked([], TURN, secret="")
    assert found.ice_expires_at is None
    # Browsers refuse a relay without any credentials.
    assert found.ice_servers[0].username
    assert found.ice_servers[0].credential
