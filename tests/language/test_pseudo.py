from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from language.pseudo import KEPT, accented, mirrored
from tests.untranslated import english


def test_a_sentence_is_in_brackets_with_accents_and_a_third_longer():
    assert accented("Join now") == "[Ĵöîñ ñöŵ öñé]"
    assert len(accented("Look at your mail")) >= len("Look at your mail") * 4 / 3


def test_places_for_values_markup_entities_and_addresses_are_kept():
    text = '%(name)s has {count} of <a href="/x/" title="y">100%%</a>&nbsp;%d at https://example.org/a'
    for change in (accented, mirrored):
        assert KEPT.findall(change(text)) == KEPT.findall(text)


def test_white_space_around_a_sentence_stays_outside():
    assert accented(" to ") == " [ţö öñé] "
    assert accented("\n") == "\n"


def test_a_mirrored_word_is_written_from_right_to_left():
    assert mirrored("Hello {name}").startswith("[\u202eĤéļļö\u202c {name}")


@given(st.text())
def test_nothing_english_is_left_beside_what_is_kept(text):
    for change in (accented, mirrored):
        assert not english([KEPT.sub("", change(text))], [])
