"""What a view says about itself: why it shows another time than its address names."""

from __future__ import annotations

import pytest

from situasi.analysis.view_time import ViewTime
from situasi.presentation.view_text import format_unshown_time
from tests.builders import wib

DAY = (wib("05.00"), wib("23.00"))
NOW = ViewTime(wib("10.30"), live=True, is_exercise=False)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2024-11-26T10:30", "(26 Nov 2024 10.30) di luar hari yang dipantau (27 Nov 2024 05.00 –"),
        ("2024-11-27T23:00", "di luar hari yang dipantau"),
        ("2024-11-27T18:00", "(27 Nov 2024 18.00) belum tiba"),
        ("kemarin sore", "(kemarin sore) tidak terbaca"),
        ("x" * 500, f"({'x' * 32}) tidak terbaca"),
    ],
)
def test_a_time_that_is_not_shown_is_named_with_the_reason(text: str, why: str) -> None:
    sentence = format_unshown_time(text, NOW, DAY)
    assert why in sentence
    assert sentence.endswith("yang tampil keadaan sekarang")


def test_nothing_is_said_where_no_time_was_named_or_it_is_shown() -> None:
    assert format_unshown_time("", NOW, DAY) == ""
    assert format_unshown_time("2024-11-27T10:30", NOW, DAY) == ""
    past = ViewTime(wib("09.00"), live=False, is_exercise=False)
    assert format_unshown_time("2024-11-27T09:00", past, DAY) == ""
