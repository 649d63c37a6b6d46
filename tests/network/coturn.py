"""A relay as deploy/coturn/turnserver.conf has it, and somebody who asks it for this and that."""

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import itertools
import random
import re
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aioice import stun, turn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rooms.protocol import ice
from tests.browser.server import ROOT
from tests.servers import running

AS_DEPLOYED = ROOT / "deploy/coturn/turnserver.conf"
TLS_PORT = 443


class Coturn:
    """Listens on `address`, with a certificate and a secret made for it."""

    def __init__(
        self, program: str, folder: Path, address: str, *, port: int = 3478, tls_port: int = TLS_PORT,
        prefix: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.address, self.port, self.tls_port = address, port, tls_port
        self.secret = secrets.token_urlsafe(20)
        self.log = folder / "log"
        self._folder = folder
        self.fingerprint = make_certificate(address, folder)
        self._command = [*prefix, program, "-c", str(self._configuration())]

    def _configuration(self) -> Path:
        """The shipped file with its places filled in, as an administrator does it."""
        here = {
            "listening-port": str(self.port),
            "tls-listening-port": str(self.tls_port),
            "cert": str(self._folder / "certificate.pem"),
            "pkey": str(self._folder / "key.pem"),
            "realm": "lab",
        }
        text = AS_DEPLOYED.read_text()
        for name, value in here.items():
            text, found = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
            assert found == 1, f"deploy/coturn does not say “{name}” once"
        own = {
            "static-auth-secret": self.secret,
            "listening-ip": self.address,
            "relay-ip": self.address,
            "userdb": str(self._folder / "turndb"),
            "pidfile": str(self._folder / "pid"),
        }
        path = self._folder / "turnserver.conf"
        path.write_text(text + "".join(f"{name}={value}\n" for name, value in own.items()))
        return path

    @contextmanager
    def running(self) -> Iterator[None]:
        # It says so once its listeners and relays are there, whatever network it stands in.
        with running(self._command, self.log, lambda: "SQLite DB connection success" in self.log.read_text()):
            yield

    def settings(self) -> dict[str, str]:
        """As docs/deployment.md names them."""
        here, tls = f"{self.address}:{self.port}", f"{self.address}:{self.tls_port}"
        urls = [f"turn:{here}?transport=udp", f"turn:{here}?transport=tcp", f"turns:{tls}?transport=tcp"]
        return {"STUN_URLS": f"stun:{here}", "TURN_URLS": ",".join(urls), "TURN_SECRET": self.secret}


def make_certificate(address: str, folder: Path) -> str:
    """Write a certificate for an address and its key; the SHA-256 of the public key, as browsers take it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


class Caller:
    """Somebody with an allocation on a relay."""

    def __init__(self, client: turn.TurnClientUdpProtocol) -> None:
        self._client = client

    async def ask(self, method: stun.Method, **attributes: object) -> int:
        """The error code with which the relay answers; 0 for yes."""
        request = stun.Message(message_method=method, message_class=stun.Class.REQUEST)
        request.attributes.update({name.replace("_", "-"): value for name, value in attributes.items()})
        try:
            await self._client.request_with_retry(request)
        except stun.TransactionFailed as error:
            return int(error.response.attributes["ERROR-CODE"][0])
        return 0

    async def may_send_to(self, address: str) -> bool:
        refusal = await self.ask(stun.Method.CREATE_PERMISSION, XOR_PEER_ADDRESS=(address, 4000))
        assert refusal in (0, 403), refusal
        return refusal == 0

    async def refresh(self) -> int:
        return await self.ask(stun.Method.REFRESH, LIFETIME=600)


def apart(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """The test, on an event loop in a thread: the browsers that other tests began keep the one here busy."""

    @functools.wraps(test)
    def run(*arguments: Any, **fixtures: Any) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, test(*arguments, **fixtures)).result()

    return run


# coturn does not answer for a while on a port that somebody has just left, so none is used twice.
_ports = itertools.count(random.randrange(20_000, 30_000))


def fresh_port() -> int:
    while True:
        port = next(_ports)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
        return port


@asynccontextmanager
async def calling(
    address: str, port: int, secret: str, *, expires_at: float | None = None, tag: str = ""
) -> AsyncIterator[Caller]:
    """Somebody with credentials as the server makes them, and an allocation. Raises stun.TransactionFailed.

    Those of one `tag` are one participant; without it, each is another.
    """
    now = time.time()
    lifetime = 60.0 if expires_at is None else expires_at - now
    tag = tag or secrets.token_hex(4)
    [given] = ice.servers([], ["turn:"], secret=secret, lifetime=lifetime, now=now, tag=tag).ice_servers
    transport, client = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: turn.TurnClientUdpProtocol(
            (address, port), given.username, given.credential, lifetime=600, channel_refresh_time=500
        ),
        local_addr=("0.0.0.0", fresh_port()),
        remote_addr=(address, port),
    )
    try:
        await client.connect()
        try:
            yield Caller(client)
        finally:
            await client.delete()
    finally:
        transport.close()
