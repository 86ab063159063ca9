"""Situasi: stated by the field, never guessed, never drawn green from silence."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from situasi.analysis.situation import crowd_state
from tests.builders import case_table, incident, incidents, wib

HERE = "16.10.04"
VALID = timedelta(hours=3)


def state(*rows: dict[str, object], at: str = "12.00") -> object:
    found = crowd_state.build_kecamatan_table(case_table(incidents(*rows)), [HERE], wib(at), VALID)
    value = found["situasi"].iloc[0]
    return None if pd.isna(value) else value


def test_a_kecamatan_without_a_word_is_not_green() -> None:
    assert state() is None


def test_nihil_states_green() -> None:
    assert state(incident(at="11.00", jenis="nihil", status="nihil")) == "hijau"


def test_green_grows_old() -> None:
    assert state(incident(jenis="nihil", status="nihil", known="08.30")) is None


def test_yellow_does_not_grow_old_while_its_case_is_open() -> None:
    assert state(incident(situasi="kuning", known="05.00")) == "kuning"


def test_a_later_nihil_elsewhere_in_the_kecamatan_does_not_hide_a_red_crowd() -> None:
    rows = (
        incident(id="A", situasi="merah", known="09.00"),
        incident(id="B", jenis="nihil", status="nihil", known="11.00"),
    )
    assert state(*rows) == "merah"


def test_a_crowd_that_calmed_down_is_green_again() -> None:
    rows = (
        incident(id="A", situasi="merah", known="09.00"),
        incident(id="A", situasi="hijau", known="11.00"),
    )
    assert state(*rows) == "hijau"


def test_a_closed_case_no_longer_colours_its_kecamatan() -> None:
    rows = (
        incident(id="A", situasi="merah", known="09.00"),
        incident(id="A", situasi=None, known="10.00", status="selesai"),
    )
    assert state(*rows) is None


def test_a_serious_report_alone_says_nothing_of_the_crowd() -> None:
    assert state(incident(tingkat="tinggi", situasi=None, known="11.30")) is None


def test_the_worst_of_several_crowds_counts() -> None:
    rows = (
        incident(id="A", situasi="merah", known="09.00"),
        incident(id="B", situasi="kuning", known="11.00"),
    )
    assert state(*rows) == "merah"


def test_counts_keep_the_silent_ones_apart() -> None:
    found = crowd_state.build_kecamatan_table(
        case_table(incidents(incident(situasi="kuning"))),
        [HERE, "16.10.05"],
        wib("09.00"),
        VALID,
    )
    assert crowd_state.count_states(found) == {"kuning": 1, None: 1}


def test_a_nihil_that_comes_late_is_as_old_as_what_it_tells() -> None:
    assert state(incident(at="04.00", known="11.00", jenis="nihil", status="nihil")) is None


def test_a_status_change_does_not_make_an_old_green_young() -> None:
    rows = (
        incident(situasi="hijau", known="06.00"),
        incident(situasi=None, known="11.00", status="ditangani"),
    )
    assert state(*rows) is None


def test_a_crowd_stated_for_the_whole_kabupaten_is_not_lost() -> None:
    found = case_table(incidents(incident(kecamatan=None, situasi="merah")))
    assert crowd_state.find_kabupaten_state(found) == "merah"
    assert (
        crowd_state.find_kabupaten_state(case_table(incidents(incident(situasi="merah")))) is None
    )
