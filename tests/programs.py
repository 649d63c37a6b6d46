"""The programs that tests need beside Python: where they are, and how they come here.

`./run test` calls `python -m tests.programs`, which installs what is missing or says how to. The tests
themselves only look; they never install and never skip. The one exception is what needs a machine of its own
kind, the network lab: where that cannot be, the last lines of the run say what was not tested.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from config.launch.cluster import POSTGRES_FOLDERS

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEADLESS_SHELL = "chromium-headless-shell"
APPLICATIONS = ("Chromium", "Google Chrome")


class MissingProgram(Exception):
    """A program that is not on this machine; `./run test` says how to get it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not on this machine. `./run test` installs it, or says how.")


def chromium() -> str:
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    for name in APPLICATIONS:
        if (program := Path(f"/Applications/{name}.app/Contents/MacOS/{name}")).exists():
            return str(program)
    if (program := _playwrights_chromium()).exists():
        return str(program)
    raise MissingProgram("Chromium")


def headless_chromium() -> str:
    """Chromium without windows, where there is one: the same pages, for half of the processor's time."""
    if os.environ.get("CHROMIUM"):
        return chromium()
    if found := shutil.which(HEADLESS_SHELL):
        return found
    # Playwright's Chromium comes with one.
    whole = chromium()
    beside = (folder.glob("chromium_headless_shell-*/*/*headless?shell") for folder in Path(whole).parents)
    return next((str(shell) for shells in beside for shell in shells), whole)


def firefox() -> str:
    if chosen := os.environ.get("FIREFOX"):
        return chosen
    if found := shutil.which("firefox-esr") or shutil.which("firefox"):
        return found
    if (program := Path("/Applications/Firefox.app/Contents/MacOS/firefox")).exists():
        return str(program)
    raise MissingProgram("Firefox")


def redis() -> str:
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    raise MissingProgram("Redis")


def postgres(name: str = "postgres") -> str:
    """`postgres` or one of its tools, all of the same version."""
    found = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    for pattern in POSTGRES_FOLDERS:
        found += sorted(Path("/").glob(pattern[1:]), reverse=True)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return str(folder / name)
    raise MissingProgram("Postgres")


def nginx() -> str:
    if found := shutil.which("nginx", path=_with_system_folders()):
        return found
    raise MissingProgram("nginx")


def coturn() -> str:
    if found := shutil.which("turnserver"):
        return found
    raise MissingProgram("coturn")


def network(name: str) -> str:
    """`ip`, `tc` or `iptables`, with which the lab lays its cables."""
    if found := shutil.which(name, path=_with_system_folders()):
        return found
    raise MissingProgram(name)


def _with_system_folders() -> str:
    """PATH, and where Debian keeps what it does not put there for everybody."""
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def _playwrights_chromium() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


# -- what `./run test` does first ---------------------------------------------------------------


def prepare() -> None:
    """Install what is missing. Raises SystemExit with one sentence for each program that did not come."""
    faults = [
        *_require("Chromium", chromium, "chromium", "or set CHROMIUM to the path of a Chromium or Chrome"),
        *_require("Firefox", firefox, "firefox-esr", "or set FIREFOX to the path of a Firefox"),
        *_require("Redis", redis, "redis-server", "brew install redis"),
        *_require("Postgres", postgres, "postgresql", "brew install postgresql"),
        *_require("nginx", nginx, "nginx-light", "brew install nginx"),
    ]
    if faults:
        raise SystemExit("\n".join(faults))
    # Without it, the whole browser is used, which takes longer.
    if not os.environ.get("CHROMIUM") and _ways_to_install(HEADLESS_SHELL):
        _require("Chromium's headless shell", lambda: _on_path(HEADLESS_SHELL), HEADLESS_SHELL, "")
    # Without these, the network lab says what it could not test.
    for package, find in {
        "coturn": coturn,
        "iproute2": lambda: network("ip"),
        "iptables": lambda: network("iptables"),
    }.items():
        if _ways_to_install(package):
            _require(package, find, package, "")


def _on_path(name: str) -> str:
    if found := shutil.which(name):
        return found
    raise MissingProgram(name)


def _require(title: str, find: Callable[[], str], package: str, otherwise: str) -> list[str]:
    try:
        find()
    except MissingProgram:
        print(f"{title} is missing; installing it…", flush=True)
        for command in _ways_to_install(package):
            if subprocess.run(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}).returncode:
                break
        try:
            find()
        except MissingProgram:
            return [f"The tests need {title}: apt-get install {package}, {otherwise}. Then start again."]
    return []


def _ways_to_install(package: str) -> list[list[str]]:
    """The commands, to be run in order until one fails."""
    is_root_on_apt = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    # Ubuntu's chromium is a snap, which neither containers nor Playwright can start.
    if is_root_on_apt and ("chromium" not in package or "ID=debian" in Path("/etc/os-release").read_text()):
        return [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
        ]
    if package == "chromium":
        install = [sys.executable, "-m", "playwright", "install", "chromium"]
        return [[*install, "--with-deps"] if is_root_on_apt else install]
    return []


if __name__ == "__main__":
    prepare()
