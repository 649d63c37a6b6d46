"""The one door: what it says when it cannot open."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.server import ROOT, children_of
from tests.servers import PATIENCE, spare_port, wait_until


@pytest.fixture
def copy(tmp_path):
    """A copy of what `run` needs, in a folder with a space in its name."""
    folder = tmp_path / "a copy"
    folder.mkdir()
    for name in "run", "requirements.txt", "requirements-dev.txt":
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def programs_of(tmp_path):
    """`programs_of(python3="exit 1")`: a PATH on which these scripts come first."""

    def make(**scripts: str) -> str:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, script in scripts.items():
            program = folder / name.replace("_", ".")
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        return f"{folder}:/usr/bin:/bin"

    return make


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "run", *arguments],
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
        timeout=PATIENCE,
    )


def every_python(script: str) -> dict[str, str]:
    return dict.fromkeys(
        ("python", "python3", "python3_11", "python3_12", "python3_13", "python3_14"), script
    )


def test_it_asks_for_a_newer_python(copy, programs_of):
    result = run(copy, PATH=programs_of(**every_python("exit 1")))
    assert result.returncode == 1
    assert result.stderr.startswith("Roundtable needs Python 3.11 or newer.")
    assert len(result.stderr.splitlines()) == 1


@pytest.fixture
def python_without_venv() -> dict[str, str]:
    """Version 3.12 as Debian and Ubuntu bring it, under every name."""
    return every_python(
        'case "$*" in *ensurepip*) exit 1 ;; *version_info\\[*) echo python3.12-venv ;; '
        f'*) exec "{sys.executable}" "$@" ;; esac'
    )


@pytest.mark.parametrize(("known", "package"), [("exit 0", "python3.12-venv"), ("exit 100", "python3-venv")])
def test_it_names_the_package_that_debian_keeps_apart(copy, programs_of, python_without_venv, known, package):
    path = programs_of(**python_without_venv, **{"id": "echo 1000", "apt-cache": known})
    result = run(copy, PATH=path)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == f"apt-get install -y {package}"


@pytest.mark.parametrize(("known", "package"), [("exit 0", "python3.12-venv"), ("exit 100", "python3-venv")])
def test_it_installs_the_package_of_the_python_that_it_found(
    copy, programs_of, python_without_venv, known, package
):
    apt = f'echo "$@" >>"{copy}/apt"; [ "$1" = update ]'
    path = programs_of(**python_without_venv, **{"id": "echo 0", "apt-cache": known, "apt-get": apt})
    result = run(copy, PATH=path)
    assert result.stderr.startswith(f"Installing {package}…\n{package} could not be installed")
    assert (copy / "apt").read_text().splitlines()[-1] == f"install -y -qq {package}"


@pytest.fixture
def without_network(copy):
    """An environment whose pip is there and fetches nothing; to make one with pip in it takes ten seconds."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", copy / ".venv"], check=True)
    [packages] = (copy / ".venv").glob("lib/python3*/site-packages")
    (packages / "pip").mkdir()
    (packages / "pip/__main__.py").write_text("import sys\nsys.exit('--version' not in sys.argv)\n")
    return copy


def test_it_says_when_packages_cannot_be_fetched(without_network):
    copy = without_network
    result = run(copy, PATH=os.environ["PATH"], PYTHON=sys.executable, HOME="/")
    assert result.returncode == 1
    assert "Is there a network?" in result.stderr.splitlines()[-1]
    assert not (copy / ".venv/requirements.txt.installed").exists()


@pytest.mark.parametrize("arguments", [("--bogus", "1"), ("--port",), ("nonsense",), ("--turn", "nonsense")])
def test_it_points_to_its_help_when_it_does_not_understand(copy, arguments):
    result = run(copy, *arguments, PATH=os.environ["PATH"])
    assert result.returncode == 1
    assert result.stderr.endswith("./run --help\n")


def test_it_starts_from_anywhere_and_takes_everything_with_it(tmp_path):
    port, log = spare_port(), tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [ROOT / "run", "--port", str(port), "--data=here it is, 100% C++ #1"],
            cwd=tmp_path, stdout=output, stderr=output, env={"PATH": os.environ["PATH"], "HOME": "/"},
        )  # fmt: skip
    try:
        ready = f"Ready: http://localhost:{port}/"
        wait_until(lambda: ready in log.read_text() or server.poll() is not None, "the server is ready")
        assert ready in log.read_text(), log.read_text()
        data = tmp_path / "here it is, 100% C++ #1"
        # Nobody else on the machine reads what is new there.
        assert stat.S_IMODE((data / "roundtable.sqlite3").stat().st_mode) == 0o600
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        children = [pid for pid, _ in children_of(server.pid)]
        assert len(children) == 2
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    assert not [pid for pid in children if is_alive(pid)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
