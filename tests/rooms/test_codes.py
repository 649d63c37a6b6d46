from __future__ import annotations

import re

import pytest

from meetings.models import new_code
from rooms.codes import PATTERN, canonical


@pytest.mark.parametrize("written", ["kfpx-tvwqm-m3xz", "KFPX-TVWQM-M3XZ", "kfpxtvwqmm3xz", "Kfpxtvwqm-M3XZ"])
def test_a_code_is_found_however_it_is_written(written):
    assert re.fullmatch(PATTERN, written)
    assert canonical(written) == "kfpx-tvwqm-m3xz"


def test_a_new_code_is_canonical():
    code = new_code()
    assert re.fullmatch(PATTERN, code)
    assert canonical(code) == code


@pytest.mark.parametrize(
    "word", ["kfpx", "kfpx-tvwqm-m3xzz", "kfpx_tvwqm_m3xz", "kfpx-tvwqm-m3x0", "kf-pxtvwqmm3xz"]
)
def test_what_cannot_be_a_code_is_none(word):
    assert not re.fullmatch(PATTERN, word)
