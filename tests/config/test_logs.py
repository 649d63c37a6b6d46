from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.logs import Formatter, redact
from meetings.models import Meeting

SECRET = "mH3-x_Yz81"
# Parts of addresses that are names and no secrets.
NO_SECRETS = {"name", "app_label", "object_id", "content_type_id", "url", "id"}


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, dict[str, object]]]:
    """Every address there is, with its parts."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route, dict(pattern.pattern.converters)


def test_no_secret_of_any_address_stands_in_a_log():
    found = 0
    for route, parts in addresses(get_resolver()):
        for part, converter in parts.items():
            if part in NO_SECRETS or type(converter).__name__ not in ("StringConverter", "SlugConverter"):
                continue
            found += 1
            path = route.replace(f"<str:{part}>", SECRET).replace(f"<slug:{part}>", SECRET)
            wanted = path.replace("/", "%2F")
            for line in (path, f"https://meet.example.org{path}?answer=yes", f"/?next={wanted}"):
                assert SECRET not in redact(line), line
    assert found >= 8


def test_the_keys_of_allauth_are_secrets_too():
    for path in ("/account/confirm-email/MQ:1k:abc/", "/account/password/reset/key/1-abc-def/"):
        assert redact(path).endswith("/…/")


def test_the_code_of_a_meeting_is_cut_short():
    code = Meeting().code
    assert redact(f"/{code}/ and /ws/rooms/{code}/") == f"/{code[:4]}-…/ and /ws/rooms/{code[:4]}-…/"
    kept = "letter 5f2b3c9e-1c2d-4e5f-8a9b-0123456789ab took longer"
    assert redact(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "invite to bob@example.org",
        "550 <bob+tag@example.org>: no such user",
        "Key (email)=(bob@example.org) already exists.",
        "connecting to postgres://bob:geheim@db/roundtable",
        "?email=bob%40example.org",
        "böb@exämple.org",
    ],
)
def test_nobody_is_named(text):
    shown = redact(text)
    assert "(address)" in shown
    for word in ("bob", "böb", "geheim"):
        assert word not in shown


def test_the_rest_is_left_alone():
    for line in (
        "GET /meetings/week/?day=2026-12-01",
        "the worker ended (1); again in 0.5 s",
        "@wraps(view)",
    ):
        assert redact(line) == line


@pytest.mark.parametrize("piece", ["x", "x@", "@", "/i/", "ab12-", "x%40"])
def test_the_longest_path_of_a_request_costs_no_time(piece):
    before = time.process_time()
    redact("/" + piece * (16_384 // len(piece)))
    assert time.process_time() - before < 1


def test_a_trace_is_cleaned_as_well():
    try:
        raise ValueError("bob@example.org opened /i/mH3-x_Yz81/")
    except ValueError as error:
        trace = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "%s failed", ("carol@example.org",), trace)
    text = Formatter("{message}", style="{").format(record)
    assert "Traceback" in text
    for word in ("bob", "carol", "mH3"):
        assert word not in text


def test_every_line_of_the_product_is_written_so():
    configuration: dict[str, Any] = settings.LOGGING
    assert {handler["formatter"] for handler in configuration["handlers"].values()} == {"line"}
    assert configuration["formatters"]["line"]["()"] == "config.logs.Formatter"
    # Django's own handlers would write beside it.
    for name in ("django", "django.server"):
        assert configuration["loggers"][name]["handlers"] == []


@pytest.mark.django_db
def test_a_failed_check_of_a_form_tells_no_personal_link(caplog):
    caplog.handler.setFormatter(Formatter("{levelname} {message}", style="{"))
    browser = Client(enforce_csrf_checks=True, headers={"referer": "https://evil.example/i/mH3-x_Yz81/"})
    assert browser.post("/i/mH3-x_Yz81/answer/", {"answer": "yes"}).status_code == 403
    assert "/i/…/answer/" in caplog.text
    assert "mH3" not in caplog.text


@pytest.mark.parametrize(
    "line",
    [
        # A mail program escapes more than it has to; what asks to sign in wraps up what was wrapped up.
        f"/i/%6DH3%2Dx%5F{SECRET}/",
        f"/account/login/?next=%2Faccount%2F%3Fnext%3D%252Fi%252F{SECRET}%252F",
        f"/account/login/?next=%2Fi%2F%6DH3%2Dx{SECRET}%2F",
    ],
)
def test_a_secret_that_is_escaped_once_more_stands_in_no_log_either(line):
    assert SECRET not in redact(line)
    assert "H3" not in redact(line)


@pytest.mark.parametrize(
    "typed", ["kfpxtvwqmm3xz", "kfpx+tvwqm+m3xz", "kfpx%E2%80%93tvwqm%E2%80%93m3xz", "KFPX_tvwqm.m3xz"]
)
def test_a_code_as_it_was_typed_on_the_first_page_stands_in_no_log(typed):
    assert redact(f'"GET /meetings/go/?to={typed}" 302') == '"GET /meetings/go/?to=…" 302'
    assert "tvwqm" not in redact(f"/account/login/?next=%2Fmeetings%2Fgo%2F%3Fto%3D{typed}")
