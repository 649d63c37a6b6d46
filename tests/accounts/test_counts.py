from __future__ import annotations

import pytest

from accounts import counts


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("", "unknown"),
    ],
)
def test_whoever_has_many_addresses_counts_as_one(address, network):
    assert counts.network_of(address) == network
