"""Asking to be let in, and letting in."""

from __future__ import annotations


async def is_let_in(page):
    """The welcome, after the servers that were kept back until then."""
    await page.hears("ice-servers")
    return await page.hears("welcome")


async def who_waits(host):
    """The one who is in the list now."""
    [knock] = (await host.hears("lobby"))["knocks"]
    return knock
