from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts.zones import TimeZoneMiddleware

pytestmark = pytest.mark.django_db


def test_name_and_zone_can_be_changed(client, alice):
    client.force_login(alice)
    response = client.post(
        "/account/settings/", {"name": "Alice  Okafor", "time_zone": "Europe/Stockholm"}, follow=True
    )
    assert "Saved." in response.content.decode()
    alice.refresh_from_db()
    assert (alice.name, alice.time_zone) == ("Alice Okafor", "Europe/Stockholm")


def test_a_zone_that_is_none_is_refused(client, alice):
    client.force_login(alice)
    client.post("/account/settings/", {"name": "Alice", "time_zone": "Mars/Olympus"})
    alice.refresh_from_db()
    assert alice.time_zone == ""


@pytest.mark.parametrize(("said", "kept"), [("6", 6), ("5", 5), ("0", 0), ("", 5), (None, 5), ("3", 5)])
def test_the_week_begins_on_one_of_three_days(client, alice, said, kept):
    alice.week_starts = 5
    alice.save()
    client.force_login(alice)
    settings = {"name": "Alice", "time_zone": "Europe/Berlin"}
    page = client.post(
        "/account/settings/", {**settings, "week_starts": said} if said is not None else settings
    )
    alice.refresh_from_db()
    assert alice.week_starts == kept
    refused = b"A week begins on Monday, Sunday or Saturday." in page.content
    assert refused == (said == "3")


def test_the_settings_show_with_which_day_the_week_begins(client, alice):
    client.force_login(alice)
    assert '<option value="0" selected>Monday</option>' in client.get("/account/settings/").content.decode()


def test_strangers_are_sent_to_the_door(client):
    assert client.get("/account/settings/").url == "/account/login/?next=/account/settings/"


def zone_seen(rf, user, cookie: str = "") -> str:
    request = rf.get("/", headers={"cookie": f"zone={cookie}"} if cookie else {})
    request.user = user
    answer = TimeZoneMiddleware(lambda _: HttpResponse(timezone.get_current_timezone_name()))(request)
    return answer.content.decode()


def test_the_accounts_zone_comes_before_the_browsers(rf, alice):
    alice.time_zone = "Asia/Tokyo"
    assert zone_seen(rf, alice, "Europe/Berlin") == "Asia/Tokyo"


def test_the_browsers_zone_is_remembered_once(rf, alice):
    assert zone_seen(rf, alice, "Europe/Berlin") == "Europe/Berlin"
    alice.refresh_from_db()
    assert alice.time_zone == "Europe/Berlin"
    zone_seen(rf, alice, "Asia/Tokyo")
    alice.refresh_from_db()
    assert alice.time_zone == "Europe/Berlin"


@pytest.mark.parametrize("cookie", ["", "../../etc/passwd", "Mars/Olympus", "x" * 5000])
def test_what_is_no_zone_is_utc(rf, alice, cookie):
    assert zone_seen(rf, alice, cookie) == "UTC"
    alice.refresh_from_db()
    assert alice.time_zone == ""


def test_the_zone_does_not_stay_for_the_next_visitor(rf, alice):
    zone_seen(rf, alice, "Asia/Tokyo")
    assert str(timezone.get_current_timezone()) == "UTC"


def test_the_list_of_zones_is_by_region_with_mine_first_and_no_old_spellings(client, alice):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    client.force_login(alice)
    client.cookies["zone"] = "Asia/Calcutta"
    page = client.get("/account/settings/").content.decode()
    mine, *regions = page.split("<optgroup ")[1:]
    assert 'value="Europe/Berlin" selected' in mine
    assert 'value="Asia/Calcutta"' in mine
    assert 'label="Europe"' in page
    assert not any('value="Asia/Calcutta"' in region for region in regions)
    assert "Buenos Aires (America/Argentina/Buenos_Aires), now UTC−3" in page
