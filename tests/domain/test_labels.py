"""Names of kinds in a list to choose from: found by the word that people use."""

import pytest

from situasi.domain.feed_schemas import JENIS
from situasi.domain.labels import format_jenis_choice, label


@pytest.mark.parametrize(
    ("typed", "jenis"),
    [("sandera", "penyanderaan"), ("demo", "unjuk_rasa"), ("tolak", "penolakan"),
     ("rusuh", "kericuhan"), ("banjir", "bencana"), ("penyanderaan", "penyanderaan")],
)  # fmt: skip
def test_a_kind_is_found_by_its_plain_word_and_by_no_other(typed: str, jenis: str) -> None:
    assert [code for code in JENIS if typed in format_jenis_choice(code)] == [jenis]
    assert format_jenis_choice(jenis).startswith(label("jenis", jenis))
