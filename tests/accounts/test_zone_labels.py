from __future__ import annotations

from datetime import UTC, datetime

from accounts import zone_labels


def test_the_list_of_zones_begins_with_mine_and_knows_the_browsers_old_names():
    groups = zone_labels.choices(("Asia/Calcutta",), datetime(2026, 11, 22, tzinfo=UTC))
    assert groups[0] == ("Yours", [("Asia/Calcutta", "Calcutta (Asia/Calcutta), now UTC+5:30")])
    everywhere = [zone for _, zones in groups[1:] for zone in zones]
    assert ("Europe/Berlin", "Berlin (Europe/Berlin), now UTC+1") in everywhere
    assert ("UTC", "UTC") in everywhere
