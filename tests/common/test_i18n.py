"""Words: every one translated, numbers and times as the reader's language writes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from situasi.common import i18n
from situasi.common.formats import (
    format_counts,
    format_date,
    format_duration,
    format_long_date,
    format_number,
    format_relative_time,
    format_signed,
    format_time,
)
from situasi.domain import feed_schemas
from situasi.domain.labels import label
from tests.builders import WIB, wib
from tests.product_code import in_one_worker, parse_product
from tests.tools.words import collected, existing


@pytest.fixture(autouse=True)
def indonesian_afterwards() -> Iterator[None]:
    yield
    i18n.set_language("id")


def test_no_interface_word_lacks_an_english_one() -> None:
    translated = {message.id: message.string for message in existing() if message.id}
    missing = [m.id for m in collected() if m.id and not translated.get(m.id)]
    assert missing == []


def test_the_catalogue_holds_no_word_that_the_code_has_lost() -> None:
    used = {message.id for message in collected()}
    assert [m.id for m in existing() if m.id not in used] == []


def test_a_translation_keeps_every_placeholder() -> None:
    for message in existing():
        if message.id:
            assert _holes(message.id) == _holes(message.string), message.id


def _holes(text: object) -> set[str]:
    return set(re.findall(r"{\w+}", str(text)))


# A noun or verb in the plural after a number that may be one. Behind these words stands another
# number, or one that a rule or a limit sets.
_PLURAL = re.compile(
    r"(?<!of )(?<!than )(?<!least )(?<!first )(?<!limit )(?<!exceeds )(?<!last )"
    r"{n} (?:[a-z]+ ){0,2}?(?:[a-z]+[^\Wsiu]s|are|were|have)\b"
)


def test_an_english_number_reads_well_when_it_is_one() -> None:
    texts = [str(message.string) for message in existing() if message.id]
    assert [text for text in texts if _PLURAL.search(text)] == []  # "rows: 1", not "1 rows"


def test_every_code_of_the_vocabulary_has_a_word() -> None:
    for scale, codes in {
        "jenis": feed_schemas.JENIS,
        "tingkat": feed_schemas.TINGKAT,
        "status": feed_schemas.STATUS,
        "situasi": feed_schemas.SITUASI,
        "feed": tuple(feed_schemas.FEEDS),
    }.items():
        for code in codes:
            assert "_" not in label(scale, code)


def test_a_missing_weight_is_said_not_guessed() -> None:
    assert label("tingkat", None) == "belum dinilai"


def test_an_unknown_language_is_indonesian() -> None:
    assert i18n.set_language("xx") == "id"


@pytest.mark.parametrize(
    ("language", "number", "rate"), [("id", "30.483", "63,5"), ("en", "30,483", "63.5")]
)
def test_numbers_are_written_as_the_language_writes_them(
    language: str, number: str, rate: str
) -> None:
    i18n.set_language(language)
    assert format_number(30_483) == number
    assert format_number(63.53, 1) == rate
    assert format_number(-1.7, 1) == "−" + format_number(1.7, 1)
    assert format_counts("{n} / {all}", n=30_483, all=7) == f"{number} / 7"


def test_times_and_dates_are_written_as_indonesians_do() -> None:
    at = datetime(2024, 11, 27, 7, 30, tzinfo=WIB)
    assert format_time(at) == "07.30"
    assert format_date(date(2024, 11, 27)) == "27 Nov 2024"
    assert format_long_date(at) == "Rabu, 27 November 2024"


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=20), "baru saja"),
        (timedelta(minutes=4), "4 menit lalu"),
        (timedelta(hours=2), "10.00"),
        (timedelta(days=2), "25 Nov 2024 12.00"),
        (-timedelta(hours=3), "15.00"),
        (-timedelta(days=8), "5 Des 2024 12.00"),
    ],
)
def test_an_age_past_the_hour_is_a_time_and_the_future_is_never_just_now(
    age: timedelta, said: str
) -> None:
    now = wib("12.00")
    assert format_relative_time(now - age, now) == said


def test_a_change_says_its_direction() -> None:
    assert [format_signed(n) for n in (3, -3, 0)] == ["+3", "−3", "±0"]


@in_one_worker
def test_no_word_hides_inside_an_f_string_where_the_collector_cannot_see_it() -> None:
    for file, tree in parse_product().items():
        for part in ast.walk(tree):
            if isinstance(part, ast.JoinedStr):
                calls = [c for c in ast.walk(part) if isinstance(c, ast.Call)]
                names = {c.func.id for c in calls if isinstance(c.func, ast.Name)}
                assert "_" not in names, f"{file}:{part.lineno}"


def test_a_note_of_ingest_keeps_what_somebody_wrote_in_it() -> None:
    note = '"tidak ada rusuh" disangkal ("tidak"); tidak dibaca'
    assert i18n.translate_note(note) == note
    with i18n.use_language("en"):
        assert i18n.translate_note(note) == '"tidak ada rusuh" is denied ("tidak"); not read'
        assert i18n.translate_note("apa pun lainnya") == "apa pun lainnya"


@pytest.mark.parametrize(
    ("duration", "written"),
    [
        (timedelta(seconds=50), "kurang dari 1 menit"),
        (timedelta(minutes=12), "12 menit"),
        (timedelta(hours=1, seconds=5), "1 jam"),
        (timedelta(hours=3, minutes=34), "3 jam 34 menit"),
        (timedelta(days=1), "1 hari"),
        (timedelta(days=3, hours=2), "3 hari 2 jam"),
    ],
)
def test_a_duration_has_two_units_at_most_and_none_that_is_zero(
    duration: timedelta, written: str
) -> None:
    assert format_duration(duration).replace("\u00a0", " ") == written
