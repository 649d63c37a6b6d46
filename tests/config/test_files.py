"""Static files are answered before Django is asked, as Django would answer them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from config.files import StaticFiles

TEXT = b"export const a = 1;\n" * 50


@pytest.fixture
def ask(tmp_path: Path, settings: Any):
    """`await ask("/static/a.js")`: the status ("Django" where it is passed on), headers and body."""
    settings.STATIC_ROOT, settings.STATIC_URL = tmp_path, "/static/"
    settings.WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\."
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    (tmp_path / "a.js").write_bytes(TEXT)
    (tmp_path / "a.0123456789ab.js").write_bytes(TEXT)
    (tmp_path / "a.js.gz").write_bytes(gzip.compress(TEXT))

    async def django(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": "Django", "headers": []})
        await send({"type": "http.response.body", "body": b""})

    application = StaticFiles(django)

    async def asked(path: str, method: str = "GET", **headers: bytes) -> tuple[Any, dict[str, str], bytes]:
        sent: list[dict[str, Any]] = []
        names = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        await application({"type": "http", "path": path, "method": method, "headers": names}, receive, send)
        start, body = sent
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], found, body["body"]

    return asked


async def test_a_file_comes_compressed_to_those_who_take_it(ask):
    status, headers, body = await ask("/static/a.js", accept_encoding=b"gzip, br")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert headers["content-type"].startswith("text/javascript")
    assert headers["x-content-type-options"] == "nosniff"
    assert int(headers["content-length"]) == len(body)
    assert gzip.decompress(body) == TEXT
    status, headers, body = await ask("/static/a.js")
    assert (status, body) == (200, TEXT)
    assert "content-encoding" not in headers


async def test_what_a_browser_has_is_not_sent_again(ask):
    _, headers, _ = await ask("/static/a.js")
    status, _, body = await ask("/static/a.js", if_none_match=headers["etag"].encode())
    assert (status, body) == (304, b"")


async def test_what_never_changes_comes_without_the_means_to_ask(ask):
    _, headers, body = await ask("/static/a.0123456789ab.js")
    assert body == TEXT
    assert "immutable" in headers["cache-control"]
    assert not {"etag", "last-modified", "access-control-allow-origin", "referrer-policy"} & headers.keys()
    _, headers, _ = await ask("/static/a.js")
    assert "immutable" not in headers["cache-control"]
    assert headers["etag"]


async def test_heads_and_ranges(ask):
    status, headers, body = await ask("/static/a.js", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) == len(TEXT)
    status, headers, body = await ask("/static/a.js", range=b"bytes=0-5")
    assert (status, body) == (206, TEXT[:6])


async def test_everything_else_is_for_django(ask):
    for path, method in (
        ("/static/b.js", "GET"),
        ("/", "GET"),
        ("/static/a.js", "POST"),
        ("/static/../a.js", "GET"),
    ):
        assert (await ask(path, method))[0] == "Django"
