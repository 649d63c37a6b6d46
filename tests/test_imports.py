"""What tests share stands in a conftest.py or in a helper with a name; no test module is taken for one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.pure
def test_no_test_module_is_imported():
    found = [
        f"{module.relative_to(TESTS)} imports {name}"
        for module in sorted(TESTS.rglob("*.py"))
        for name in imported(module)
        if name.startswith("tests.") and any(part.startswith("test_") for part in name.split(".")[:-1])
    ]
    assert not found, "\n".join(found)
