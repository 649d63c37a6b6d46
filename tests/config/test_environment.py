"""What is said of settings that cannot be used."""

from __future__ import annotations

import pytest

from config.environment import Environment, without_password


def faults(name: str, value: str, read) -> list[str]:
    """What `read` finds wrong in a setting with this value."""
    environment = Environment({name: value})
    read(environment, name)
    return environment.faults


def capacity(environment, name):
    return environment.whole_number(name, 8, at_least=2, at_most=12)


def redis(environment, name):
    return environment.url(name, ("redis", "rediss"), "redis://host:6379/0")


def database(environment, name):
    return environment.url(name, ("postgres", "sqlite"), "postgres://host/name", needs_path=True)


def relays(environment, name):
    return environment.urls(name, ("turn", "turns"), "turn:turn.example.org")


def test_a_fault_names_the_setting_what_was_given_and_what_is_right():
    assert faults("ROOM_CAPACITY", "abc", capacity) == [
        "ROOM_CAPACITY is “abc”, which cannot be used. It is a whole number from 2 to 12."
    ]


def test_a_name_that_is_too_long_or_has_lines_is_refused_and_never_cut():
    def name(environment, setting):
        return environment.short(setting, "Roundtable", at_most=60)

    assert faults("SITE_NAME", "陳" * 60, name) == []
    environment = Environment({"SITE_NAME": "Northline " * 7})
    assert name(environment, "SITE_NAME") == "Roundtable"
    assert environment.faults == [
        f"SITE_NAME is “{'Northline ' * 6}…”, which cannot be used. It has 69 characters, and may have 60."
    ]
    assert faults("SITE_NAME", "North\nline", name) == [
        "SITE_NAME is “North line”, which cannot be used. It is one line of text."
    ]


@pytest.mark.parametrize("value", ["1", "13", "-3", "8.5", "1e1", "eight", "∞"])
def test_a_number_out_of_bounds_is_refused_and_the_default_goes_on(value):
    environment = Environment({"ROOM_CAPACITY": value})
    assert capacity(environment, "ROOM_CAPACITY") == 8
    assert len(environment.faults) == 1


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "", " "])
def test_a_number_is_never_endless_and_an_empty_one_is_the_default(value):
    environment = Environment({"TURN_HOURS": value})
    assert environment.number("TURN_HOURS", 4, at_least=1, at_most=720) == 4
    assert bool(environment.faults) is bool(value.strip())


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("YES", True), ("0", False), ("off", False), ("", True)]
)
def test_a_switch_is_on_or_off(value, expected):
    environment = Environment({"EARLY_CONNECTIONS": value})
    assert environment.flag("EARLY_CONNECTIONS", default=True) is expected
    assert environment.faults == []


def test_a_switch_that_is_neither_is_refused():
    found = faults("DEBUG", "maybe", lambda environment, name: environment.flag(name, default=False))
    assert found == ["DEBUG is “maybe”, which cannot be used. It is 1 (on) or 0 (off)."]


@pytest.mark.parametrize("value", ["foo", "redis://", "http://host", "redis://host:port", "redis://[::1"])
def test_an_address_needs_a_scheme_that_we_speak_and_a_host(value):
    assert len(faults("REDIS_URL", value, redis)) == 1


@pytest.mark.parametrize("value", ["redis://host", "rediss://:word@host:6380/1", "redis://[::1]:6379"])
def test_an_address_that_can_be_used_is_taken_as_it_is(value):
    environment = Environment({"REDIS_URL": value})
    assert redis(environment, "REDIS_URL") == value
    assert environment.faults == []


def test_a_scheme_may_be_written_in_capitals():
    environment = Environment({"REDIS_URL": "REDIS://:Word@Host/0"})
    assert redis(environment, "REDIS_URL") == "redis://:Word@Host/0"
    assert environment.faults == []


@pytest.mark.parametrize("value", ["postgres://bob@db", "postgres://db/", "mysql://db/name", "name"])
def test_a_database_needs_a_name(value):
    assert len(faults("DATABASE_URL", value, database)) == 1


@pytest.mark.parametrize("value", ["postgres:///name", "postgres://bob:x@db:5432/name", "sqlite:////data/x"])
def test_a_database_may_be_on_this_machine(value):
    assert faults("DATABASE_URL", value, database) == []


def test_no_password_is_said():
    [sentence] = faults("REDIS_URL", "redis//bob:se@cr:et@host", redis)
    assert "se@cr" not in sentence
    assert "redis//…@host" in sentence
    assert without_password("postgres://bob:secret@db/name") == "postgres://…@db/name"
    assert without_password("bob:secret@mail.example.org") == "…@mail.example.org"
    assert without_password("smtp:bob:sec//ret@mail.example.org") == "…@mail.example.org"
    assert without_password("redis://cache:6379/0") == "redis://cache:6379/0"


@pytest.mark.parametrize("value", ["turn.example.org", "turn:", "https://turn.example.org", "turn:x,foo"])
def test_a_relay_has_an_address_of_its_own_kind(value):
    assert len(faults("TURN_URLS", value, relays)) == 1


def test_several_relays_stand_between_commas():
    environment = Environment({"TURN_URLS": "turn:a.example?transport=udp, turns:[::1]:5349 ,"})
    assert relays(environment, "TURN_URLS") == ["turn:a.example?transport=udp", "turns:[::1]:5349"]
    assert environment.faults == []


@pytest.mark.parametrize("value", ["https://meet.example.org", "meet.example.org:443", "a b", "meet/"])
def test_hosts_are_names_without_scheme_and_port(value):
    assert len(faults("ALLOWED_HOSTS", value, lambda e, name: e.hosts(name, ["*"]))) == 1


@pytest.mark.parametrize("value", ["*", ".example.org", "meet.example.org,localhost", "[::1]", "192.168.1.5"])
def test_hosts_may_be_any_and_those_below_a_domain(value):
    environment = Environment({"ALLOWED_HOSTS": value})
    assert environment.hosts("ALLOWED_HOSTS", []) == value.split(",")
    assert environment.faults == []


@pytest.mark.parametrize(
    "value", ["meet.example.org", "https://meet.example.org/rooms", "ftp://x", "https://"]
)
def test_the_site_is_a_scheme_and_a_host_and_no_more(value):
    assert len(faults("PUBLIC_URL", value, lambda e, name: e.site(name, "http://localhost"))) == 1


def test_the_site_is_known_without_its_last_slash():
    assert Environment({"PUBLIC_URL": "https://a.example/"}).site("PUBLIC_URL", "") == "https://a.example"


@pytest.mark.parametrize("value", ["meetings", "Roundtable <meetings>", "@example.org", "a@b, c@d"])
def test_an_address_of_mail_is_one_address(value):
    assert len(faults("DEFAULT_FROM_EMAIL", value, lambda e, name: e.address(name, with_name=True))) == 1


def test_where_answers_come_is_an_address_without_a_name():
    found = faults("REPLY_ADDRESS", "Us <a@b.example>", lambda e, name: e.address(name, with_name=False))
    assert "It is an e-mail address: meetings@example.org, without a name." in found[0]


@pytest.mark.parametrize("typed", ["ROOM_CAPACTY", "ROOMS_CAPACITY", "ROOM_CAPACITYS"])
def test_a_mistyped_name_is_said_with_the_right_one(typed):
    environment = Environment({typed: "8", "PATH": "/bin", "HOME": "/home/alice"})
    capacity(environment, "ROOM_CAPACITY")
    assert environment.misspelled() == [
        f"{typed} is no setting and does nothing. Did you mean ROOM_CAPACITY?"
    ]


def test_names_of_other_programs_are_not_misspelled():
    environment = Environment({"REDIS_PORT": "1", "REDIS_HOST": "x", "EMAIL": "a", "TEST_DATABASE_URL": "y"})
    for name in ("REDIS_URL", "EMAIL_URL", "DATABASE_URL"):
        environment.text(name)
    assert environment.misspelled() == []
