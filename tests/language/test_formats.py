from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from language import formats
from tests.untranslated import english

SUNDAY = date(2026, 11, 29)


def test_a_date_has_the_order_and_the_words_of_its_language():
    said = {
        language: formats.dated(SUNDAY, "yMMMMEEEEd", language) for language in ("en", "de", "pt-br", "ja")
    }
    assert said == {
        "en": "Sunday, 29 November 2026",
        "de": "Sonntag, 29. November 2026",
        "pt-br": "domingo, 29 de novembro de 2026",
        "ja": "2026年11月29日(日曜日)",
    }


def test_a_clock_shows_24_hours_in_the_zone_of_the_moment():
    at = datetime(2026, 11, 29, 14, 5, tzinfo=UTC)
    assert {formats.clock(at, language) for language in ("en", "de", "ar-xb")} == {"14:05"}
    assert formats.clock(at, "fi") == "14.05"


def test_a_list_and_a_number_are_written_as_the_language_does():
    assert formats.listed(["Ada", "Bob", "Carol"], "en") == "Ada, Bob and Carol"
    assert formats.listed(["Ada"], "en") == "Ada"
    assert formats.listed([], "en") == ""
    assert formats.listed(["Ada", "Bob", "Carol"], "de") == "Ada, Bob und Carol"
    assert (formats.figure(1234, "en"), formats.figure(1234, "de")) == ("1,234", "1.234")


@pytest.mark.parametrize("skeleton", formats.OURS)
def test_a_pseudo_language_borrows_dates_that_cannot_be_taken_for_english(skeleton):
    for language in ("en-xa", "ar-xb"):
        assert not english([formats.dated(SUNDAY, skeleton, language)], [])


def test_every_part_of_a_date_that_we_use_is_known_of_every_kind_of_language():
    for language in ("de", "fr", "zh-hans", "ru", "sr-latn"):
        for skeleton in formats.OURS:
            assert formats.dated(SUNDAY, skeleton, language) != skeleton


def test_browsers_know_a_language_by_its_tag():
    tags = [formats.tag(language) for language in ("en", "de", "pt-br", "zh-hans")]
    assert tags == ["en-GB", "de", "pt-BR", "zh-Hans"]
