"""Marks of senders: one for each, however the number is written, and nobody reads it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.redaction.sender_marks import SenderMarks, normalize_sender

MARKS = SenderMarks("rahasia yang panjangnya lebih dari tiga puluh dua tanda")


@pytest.mark.parametrize(
    "spelling",
    ["+62 812-3456-789", "08123456789", "62812 3456 789", "628123456789@c.us",
     "628123456789@s.whatsapp.net", "whatsapp:+628123456789", "tel:0812-3456-789",
     "(0812) 3456789", "00628123456789"],
)  # fmt: skip
def test_one_number_has_one_mark_however_it_is_spelled(spelling: str) -> None:
    assert MARKS.mark_sender(spelling) == MARKS.mark_sender("+628123456789")


def test_two_numbers_names_or_secrets_have_two_marks() -> None:
    other = SenderMarks("rahasia lain yang panjangnya lebih dari tiga puluh dua")
    assert MARKS.mark_sender("08123456789") != MARKS.mark_sender("08123456780")
    assert MARKS.mark_sender("08123456789") != other.mark_sender("08123456789")
    assert MARKS.mark_sender("@andi:polres") != MARKS.mark_sender("@budi:polres")
    assert MARKS.mark("a", "bc") != MARKS.mark("ab", "c")


@given(st.text(max_size=60))
def test_a_mark_is_sixteen_digits_and_holds_nothing_of_the_sender(sender: str) -> None:
    mark = MARKS.mark_sender(sender)
    assert len(mark) == 16 and set(mark) <= set("0123456789abcdef")
    assert mark == MARKS.mark_sender(normalize_sender(sender))
