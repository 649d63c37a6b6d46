from __future__ import annotations

import json
from pathlib import Path

from meetings.forms.address_check import SENTENCES, Wrong, check

CASES = json.loads((Path(__file__).parent / "addresses.json").read_text())


def test_a_domain_in_another_script_travels_in_ascii():
    assert check("me@münchen.example") == "me@xn--mnchen-3ya.example"


def test_every_reason_has_a_sentence_of_its_own():
    reasons = {reason for case in CASES for _text, reason in case["wrong"]} | set(SENTENCES)
    for reason in reasons:
        assert str(Wrong("x", reason)) == f"“x” {reason}."
