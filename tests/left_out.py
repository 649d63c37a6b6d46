"""What a machine cannot test is said at the end of the run: nothing is left out in silence."""

from __future__ import annotations

from typing import Any, NoReturn, Protocol

import pytest

from tests import programs

LEFT_OUT = pytest.StashKey[dict[str, str]]()


class LeaveOut(Protocol):
    def __call__(self, what: str, why: str) -> NoReturn: ...


@pytest.fixture(scope="session")
def leave_out(pytestconfig: pytest.Config) -> LeaveOut:
    """`leave_out("calls over a narrow line", "this kernel has no tbf")`: ends the test that cannot be."""

    def left_out(what: str, why: str) -> NoReturn:
        pytestconfig.stash.setdefault(LEFT_OUT, {})[what] = why
        pytest.skip("not on this machine; the last lines say why")

    return left_out


@pytest.fixture(scope="session")
def coturn_program(leave_out: LeaveOut) -> str:
    try:
        return programs.coturn()
    except programs.MissingProgram:
        leave_out("relays (coturn), what they carry and what they refuse", "coturn is not on this machine")


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Only a worker of xdist has such a thing, and what it writes nobody reads.
    workeroutput: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if workeroutput is not None:
        workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    found: dict[str, str] = getattr(node, "workeroutput", {}).get("left_out", {})
    node.config.stash.setdefault(LEFT_OUT, {}).update(found)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> Any:
    """Says it last of all, where it is read."""
    yield
    for what, why in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.write_line(f"NOT TESTED: {what}. Reason: {why}.", red=True, bold=True)
