"""The alerts of a moment: of rows known then, in whatever order they lie, and never taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from situasi.analysis.alerts import engine as work
from situasi.analysis.alerts.episodes import Alerts
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import FASE, TINGKAT
from situasi.domain.register import Register
from tests import queries
from tests.analysis.builders_tps import small, told
from tests.builders import incident, report, rows_of, wib
from tests.builders import incidents as rows_with
from tests.effort import examples

START = wib("06.00")


def frames(**given: pd.DataFrame) -> dict[str, pd.DataFrame]:
    empty = {name: rows_of(feed) for name, feed in feed_schemas.FEEDS.items()}
    return {**empty, "incidents": rows_with(), **given}


def found(known: dict[str, pd.DataFrame], at: Any, register: Register | None = None) -> Alerts:
    alerts: Alerts = queries.run(work.compute_alerts, known, register or small(), at)
    return alerts


CASE = st.tuples(
    st.sampled_from(["A", "B", "C", "D"]),
    st.integers(0, 600),
    st.sampled_from([*TINGKAT, None]),
    st.sampled_from(["hijau", "kuning", "merah", None]),
    st.sampled_from(["dilaporkan", "diverifikasi", "ditangani", "selesai"]),
)
PHASE = st.tuples(
    st.integers(1, 6),
    st.integers(0, 900),  # known after 06.00
    st.integers(0, 30),  # so long after it was so
    st.sampled_from([*FASE, None]),
    st.sampled_from([None, 10, 120, 90, 700]),
)
WORD = st.tuples(
    st.sampled_from(["P1", "P2"]),
    st.integers(0, 400),
    st.sampled_from(["tiba_di_tps", "laporan_berkala", "kembali", "pergeseran"]),
    st.integers(1, 6),
)


def _frames(
    cases: list[Any], phases: list[Any], words: list[Any], posted: int
) -> dict[str, pd.DataFrame]:
    desa = "16.10.01.1011"
    of_cases = [
        incident(id=name, at=START, known=START + timedelta(minutes=known), tingkat=weight,
                 situasi=state, status=status, kecamatan="16.10.01", uraian=f"{known}")
        for name, known, weight, state, status in cases
    ]  # fmt: skip
    of_tps = [
        told(of=f"{desa}.{number:03}", at=START + timedelta(minutes=known - before),
             known=START + timedelta(minutes=known), fase=phase, hadir=heads)
        for number, known, before, phase, heads in phases
    ]  # fmt: skip
    orders = [
        report(petugas=who, penugasan="tps", desa=desa, tps="001,002,003", kecamatan="16.10.01",
               at=START + timedelta(minutes=turn * posted - 60), id=f"{who}{turn}")
        for turn, who in enumerate(["P1", "P2"])
    ]  # fmt: skip
    spoken = [
        report(petugas=who, checkin=word, desa=desa, tps=f"{number:03}", kecamatan="16.10.01",
               at=START + timedelta(minutes=known), id=f"{who}{n}", instansi="polri")
        for n, (who, known, word, number) in enumerate(words)
    ]  # fmt: skip
    return frames(
        incidents=rows_with(*of_cases),
        tps=rows_of(feed_schemas.TPS, *of_tps),
        postings=rows_of(feed_schemas.POSTINGS, *orders),
        personnel=rows_of(feed_schemas.PERSONNEL, *spoken),
    )


def _told(alerts: Alerts) -> list[tuple[Any, ...]]:
    table = alerts.table.astype(object).where(alerts.table.notna(), None)
    return [tuple(row) for row in table.drop(columns="value").itertuples(index=False)]


# A failing day is small already, and to shrink it takes minutes.
@settings(max_examples=examples(25), phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.lists(CASE, max_size=8), st.lists(PHASE, max_size=10), st.lists(WORD, max_size=6),
    st.integers(0, 300), st.integers(0, 900), st.integers(0, 300), st.randoms(),
)  # fmt: skip
def test_alerts_of_a_minute_rest_on_rows_known_then_and_none_vanishes_later(
    cases: list[Any],
    phases: list[Any],
    words: list[Any],
    posted: int,
    minute: int,
    later: int,
    rng: Any,
) -> None:
    every = _frames(cases, phases, words, posted)
    at = START + timedelta(minutes=minute)
    known = {name: frame[frame["known_at"] <= at] for name, frame in every.items()}
    then = found(known, at)
    # More rows, that came afterwards, change nothing of what was so at that minute.
    assert _told(found(every, at)) == _told(then)
    mixed = {
        name: frame.sample(frac=1, random_state=rng.randint(0, 99)).reset_index(drop=True)
        for name, frame in known.items()
    }
    assert _told(found(mixed, at)) == _told(then)
    after = found(every, at + timedelta(minutes=later)).table.set_index("key")
    before = then.table.set_index("key")
    assert set(before.index) <= set(after.index)
    still = after.loc[before.index]
    assert list(still["since"]) == list(before["since"])
    ended = before["ended"].notna()
    assert list(still["until"][ended]) == list(before["until"][ended])


def test_667_tps_of_which_nothing_is_known_are_one_alert_for_each_kecamatan(
    register: Register,
) -> None:
    one = frames(tps=rows_of(feed_schemas.TPS, told(fase="logistik_tiba", at="06.30")))
    table = found(one, wib("07.31"), register).table
    mine = table[table["rule"] == "belum_dibuka"]
    assert len(mine) == len(register.kecamatan)
    assert mine["n"].sum() == len(register.tps)
    assert found(one, wib("07.30"), register).table.query("rule == 'belum_dibuka'").empty


def test_where_no_tps_of_the_day_told_anything_the_source_is_missing_not_every_tps(
    register: Register,
) -> None:
    assert found(frames(), wib("07.31"), register).table.query("rule == 'belum_dibuka'").empty
    some = replace(register, is_complete=False)  # whoever sees some kecamatan sees them silent
    assert len(found(frames(), wib("07.31"), some).table.query("rule == 'belum_dibuka'"))


def test_a_box_that_left_and_did_not_arrive_is_called_for_until_it_does() -> None:
    left = told(fase="kotak_bergeser", at="17.00", known="17.05")
    there = told(fase="kotak_tiba_ppk", at="20.10", known="20.20")
    known = frames(tps=rows_of(feed_schemas.TPS, left, there))
    assert found(known, wib("19.29")).table.query("rule == 'kotak'").empty
    assert found(known, wib("19.31")).table.query("rule == 'kotak'")["ended"].tolist() == [None]
    [box] = found(known, wib("20.30")).table.query("rule == 'kotak'").to_dict("records")
    assert (box["ended"], box["until"]) == ("sendiri", wib("20.20"))


def test_a_box_at_the_pps_has_its_time_anew() -> None:
    left = told(fase="kotak_bergeser", at="17.00", known="17.05")
    stopped = told(fase="kotak_tiba_pps", at="18.00", known="18.05")
    known = frames(tps=rows_of(feed_schemas.TPS, left, stopped))
    assert found(known, wib("20.29")).table.query("rule == 'kotak'").empty
    assert len(found(known, wib("20.31")).table.query("rule == 'kotak'")) == 1


def test_without_a_roster_an_officer_of_unknown_agency_mans_a_tps_and_linmas_does_not() -> None:
    place = {"kecamatan": "16.10.01", "desa": "16.10.01.1011", "tps": "001", "at": "06.10"}
    order = report(**place, petugas="P1", penugasan="tps")
    for agency, empty in ((None, False), ("polri", False), ("linmas", True)):
        word = report(**place, petugas="P1", checkin="tiba_di_tps", instansi=agency, id="W")
        known = frames(
            postings=rows_of(feed_schemas.POSTINGS, order),
            personnel=rows_of(feed_schemas.PERSONNEL, word),
        )
        alerts = found(known, wib("07.00"))
        keys = alerts.table.query("rule == 'tanpa_petugas'")["key"]
        absent = set(alerts.members[alerts.members["key"].isin(keys)]["member"])
        assert ("16.10.01.1011.001" in absent) == empty
        assert "16.10.01.1011.002" in absent


def test_without_neutrality_its_cases_count_neither_alone_nor_within_a_group() -> None:
    late = [
        incident(id=name, at="08.00", kecamatan="16.10.01", jenis=kind, tingkat="rendah")
        for name, kind in (("A", "netralitas"), ("B", "logistik"), ("C", "logistik"))
    ]
    grave = incident(id="D", at="08.00", kecamatan="16.10.04", jenis="netralitas", tingkat="tinggi")
    known = frames(incidents=rows_with(*late, grave))
    everything = found(known, wib("15.00"))
    rest: Alerts = queries.run(work.compute_alerts_without_neutrality, known, small(), wib("15.00"))
    for alerts, count, areas in (
        (everything, 3, {"16.10.01", "16.10.04"}),
        (rest, 2, {"16.10.01"}),
    ):
        overdue = alerts.table.query("rule == 'lewat_waktu' and kecamatan == '16.10.01'")
        assert overdue["n"].tolist()[:1] == [count]
        of_cases = alerts.table[alerts.table["rule"].isin(["berat", "lewat_waktu", "keramaian"])]
        assert set(of_cases["kecamatan"]) == areas
    assert {member.partition("|")[0] for member in rest.members["member"]} >= {"B", "C"}
    assert not {member.partition("|")[0] for member in rest.members["member"]} & {"A", "D"}
