"""What the tags that every page may use write."""

from __future__ import annotations

import pytest

from config.templatetags.page import breakable


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("jo@example.org", "jo@example.org"),
        ("jo.of.the.house@example.org", "jo<wbr>.of<wbr>.the<wbr>.house@<wbr>example<wbr>.org"),
        ('"<b>"@a-long-name.example.org', "&quot;&lt;b&gt;&quot;@<wbr>a-long-name<wbr>.example<wbr>.org"),
    ],
)
def test_a_long_address_is_broken_at_its_joints_alone(address, written):
    assert breakable(address) == written
