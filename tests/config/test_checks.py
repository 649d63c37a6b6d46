"""What `manage.py check` looks at, in a process that has served no page yet."""

from __future__ import annotations

import subprocess
import sys

from config.settings import BASE_DIR

# Of every page of the administration that is looked at, it is said that it is wrong.
LOOK = """
import django
django.setup()
from django.contrib.admin import ModelAdmin, site
from django.core import checks
print(checks.run_checks(tags=[checks.Tags.admin]) == [])
ModelAdmin.checks_class.check = lambda self, page, **kwargs: [checks.Error(type(page).__name__)]
print(*sorted({error.msg for error in checks.run_checks(tags=[checks.Tags.admin])}))
print(*sorted({type(page).__name__ for page in site._registry.values()}))
"""


def test_the_pages_of_the_administration_are_among_it_and_are_sound():
    sound, looked_at, there = _run(LOOK)
    assert sound == "True"
    assert "MeetingAdmin" in looked_at.split()
    assert looked_at == there


def _run(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env={"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()
