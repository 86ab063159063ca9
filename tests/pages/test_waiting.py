"""Masukan shows the files that wait for a mapping: who sent them, why; one is opened or dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.message_delivery import list_message_files
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.store import WAITING_FILE, WAITING_MESSAGE
from situasi.ui import session
from tests.builders import unbounded
from tests.builders_files import csv_file
from tests.conftest import NOON
from tests.rehearsed import run, script_of

_SCRIPT = script_of("intake")


@pytest.fixture
def analyst(empty: Board, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Board:
    """A board on which two foreign files wait, seen by an analyst."""
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(session, "viewer", lambda: Viewer("rina", ROLES["analis"]))
    st.cache_resource.clear()
    for name, mark in (("satu.csv", "x"), ("dua.csv", "y")):
        rows = [{"alfa": mark, "beta": n, "gama": "aman"} for n in range(6)]
        path = csv_file(tmp_path / name, *rows)
        ingest_file(
            IngestRequest(path, empty.store, empty.ingest_context, unbounded("inbox"), now=NOON)
        )
    return empty


def page() -> AppTest:
    return run(AppTest.from_string(_SCRIPT))


def files(app: AppTest) -> list[str]:
    boxes = [box for box in app.selectbox if box.label == "Buka berkas"]
    return list(boxes[0].options) if boxes else []


def opened(app: AppTest, position: int) -> AppTest:
    box = next(box for box in app.selectbox if box.label == "Buka berkas")
    box.select_index(position)
    return run(app)


def test_files_that_wait_are_listed_newest_first(analyst: Board) -> None:
    assert [name.split(" · ")[1] for name in files(page())] == ["dua.csv", "satu.csv"]


def test_one_that_is_opened_shows_why_it_waits_and_asks_what_it_is(analyst: Board) -> None:
    app = opened(page(), 1)
    assert any("judul kolom" in text.value for text in app.text)
    assert any("Pilih jenis laporan" in one.value for one in app.warning)
    app = choose(app, {"Jenis laporan": "tps"})
    labels = [box.label for box in app.selectbox]
    assert [name for name in ("alfa", "beta", "gama") if name in labels] == ["alfa", "beta", "gama"]
    assert any("tidak memuat kolom yang perlu" in one.value for one in app.warning)
    [button] = [one for one in app.button if one.label.startswith("Simpan pemetaan")]
    assert button.disabled


def save(app: AppTest) -> Button:
    return next(one for one in app.button if one.label.startswith("Simpan pemetaan"))


def choose(app: AppTest, ours: dict[str, str]) -> AppTest:
    for box in app.selectbox:
        if (heading := box.label.replace("\\", "")) in ours:
            box.set_value(ours[heading])
    return run(app)


FOREIGN = [
    {
        "_kunci": f"k{n}", "perangkat": "hp-7", "Q1 wilayah": "Indralaya",
        "Q2 dusun": "Tanjung Gelam", "Q3 bilik": f"TPS {n}", "Q4 jml org": 40 + 7 * n,
        "Q5 dicatat": f"27/11/2024 0{n}.10", "Q6": "-", "Q7 cuaca": "cerah", "Q8": "",
        "Q9 ket": "Antrean tertib sejak pagi hari", "versi": "v2",
    }
    for n in range(1, 8)
]  # fmt: skip


def test_a_foreign_file_of_twelve_columns_is_mapped_with_what_the_board_believes(
    analyst: Board, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "rekap dusun.csv", *FOREIGN)
    result = ingest_file(
        IngestRequest(path, analyst.store, analyst.ingest_context, unbounded("inbox"), now=NOON)
    )
    assert result.waiting
    app = opened(page(), 0)
    believed = {box.label.replace("\\", ""): box.value for box in app.selectbox}
    assert believed["Jenis laporan"] == "tps"
    assert (believed["Q2 dusun"], believed["Q3 bilik"], believed["Q4 jml org"]) == (
        "desa", "tps", "",
    )  # fmt: skip  # numbers alone may be anybody's count
    app = choose(app, {"Q4 jml org": "hadir"})
    assert (believed["Q5 dicatat"], believed["Q7 cuaca"]) == ("waktu", "")
    assert any("dibaca 7" in text.value or "7 dibaca" in text.value for text in app.text)
    assert (save(app).label, save(app).proto.type) == (
        "Simpan pemetaan dan masukkan 7 baris", "primary",
    )  # fmt: skip
    save(choose(app, {"Q4 jml org": "", "Q7 cuaca": "hadir"}))
    assert (save(app).label, save(app).proto.type) == (
        "Simpan pemetaan, 7 baris ke karantina", "secondary",
    )  # fmt: skip
    assert any("7 baris" in one.value and "cerah" in one.value for one in app.warning)
    save(choose(app, {"Q4 jml org": "hadir", "Q7 cuaca": ""})).click()
    app = run(app)
    assert any("disimpan sebagai rekap-dusun" in one.value.replace("\\", "") for one in app.success)
    assert sorted(analyst.store.rows_after(FEEDS["tps"])["hadir"]) == [47, 54, 61, 68, 75, 82, 89]
    assert len(files(app)) == 2
    app.button(key="tanda_terima_batal").click()
    assert any(one.value.startswith("Dibatalkan") for one in run(app).success)
    frame = analyst.refresher.refresh().snapshot.frames["tps"]
    assert frame["withdrawn_at"].notna().all()


def test_words_that_nobody_knows_are_said_once_and_the_rows_come_in(
    analyst: Board, tmp_path: Path
) -> None:
    rows = [
        {"Q1 wilayah": "Indralaya", "Q2 rupa": word, "Q3 saat": f"27/11/2024 0{n + 7}.10",
         "Q4 cerita": f"Warga menyampaikan kabar ke-{n} di jalan desa"}
        for n, word in enumerate(("banjir", "xk-7", "xk-7"))
    ]  # fmt: skip
    path = csv_file(tmp_path / "kabar.csv", *rows)
    ingest_file(
        IngestRequest(path, analyst.store, analyst.ingest_context, unbounded("inbox"), now=NOON)
    )
    app = choose(opened(page(), 0), {"Jenis laporan": "incidents"})
    ours = {
        "Q1 wilayah": "kecamatan",
        "Q2 rupa": "jenis",
        "Q3 saat": "waktu",
        "Q4 cerita": "uraian",
    }
    app = choose(app, ours)
    assert save(app).label == "Simpan pemetaan: 1 baris masuk, 2 ke karantina"
    save(choose(app, {"jenis: xk-7": "kericuhan"})).click()
    run(app)
    stored = analyst.store.rows_after(FEEDS["incidents"]).sort_values("seq")
    assert stored["jenis"].tolist() == ["bencana", "kericuhan", "kericuhan"]


def test_one_is_dropped_with_a_reason_and_never_without(analyst: Board) -> None:
    app = opened(page(), 0)
    button = [one for one in app.button if one.label == "Buang berkas"][-1]
    button.click()
    assert "Tulis alasannya." in [one.value for one in run(app).warning]
    next(one for one in app.text_input if one.label == "Alasan membuang").set_value("salah kirim")
    [one for one in app.button if one.label == "Buang berkas"][-1].click()
    app = run(app)
    assert any("dua.csv dibuang" in str(one.value).replace("\\", "") for one in app.success)
    assert [name.split(" · ")[1] for name in files(app)] == ["satu.csv"]
    (item,) = [
        item for item in analyst.store.waiting_items(include_settled=True) if item.settlement
    ]
    assert item.settlement is not None
    assert item.settlement.detail == {"reason": "salah kirim"}


def test_nothing_is_shown_where_nothing_waits(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "viewer", lambda: Viewer("rina", ROLES["analis"]))
    st.cache_resource.clear()
    assert files(page()) == []


def test_messages_of_a_file_are_moved_to_the_tray(analyst: Board, tmp_path: Path) -> None:
    rows = [{"Waktu": f"27/11/2024 09.0{n}", "Pesan": f"TPS {n} Miji hadir 6{n}"} for n in (1, 2)]
    path = csv_file(tmp_path / "pesan.csv", *rows)
    ingest_file(
        IngestRequest(path, analyst.store, analyst.ingest_context, unbounded("inbox"), now=NOON)
    )
    app = opened(page(), 0)
    [button] = [one for one in app.button if "pesan ke Lapor" in one.label]
    button.click()
    app = run(app)
    assert len(analyst.store.waiting_items(WAITING_MESSAGE)) == 2
    assert [name.split(" · ")[1] for name in files(app)] == ["dua.csv", "satu.csv"]
    assert any("2 pesan menunggu di Lapor" in text.value for text in app.success)


def test_what_the_name_of_a_file_says_is_proposed_and_said_to_be_so(
    analyst: Board, tmp_path: Path
) -> None:
    rows = [{"Wil": "Kandis", "Dusun": "Miji", "Bilik": n, "Angka": 40 + n} for n in range(1, 7)]
    path = csv_file(tmp_path / "cek bilik 27-11-2024 pukul 11.00.csv", *rows)
    ingest_file(
        IngestRequest(path, analyst.store, analyst.ingest_context, unbounded("inbox"), now=NOON)
    )
    app = opened(page(), 0)
    next(box for box in app.selectbox if box.label == "Jenis laporan").set_value("tps")
    app = choose(run(app), {"Wil": "kecamatan", "Dusun": "desa", "Bilik": "tps", "Angka": "hadir"})
    assert [str(box.value) for box in app.date_input if box.label == "Tanggal"] == ["2024-11-27"]
    assert [box.value for box in app.text_input if box.label == "Jam"] == ["11.00"]
    assert any("Dari nama berkas" in one.value for one in app.caption)
    assert any("6 dibaca = 6 diterima" in text.value for text in app.text)


def test_a_dropped_file_of_messages_stands_in_a_list_with_the_way_to_the_tray(
    analyst: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "viewer", lambda: Viewer("tono", ROLES["operator"]))
    assert not any("berkas pesan" in label for label in popovers(page()))
    path = tmp_path / "sms.txt"
    lines = [f"2024-11-27 01:3{n}:00|+628121111222{n}|TPS {n} Miji hadir 6{n}" for n in (1, 2)]
    path.write_text("\n".join(["# waktu (UTC) | pengirim | isi", *lines, ""]), "utf-8")
    result = ingest_file(
        IngestRequest(path, analyst.store, analyst.ingest_context, unbounded("inbox"), now=NOON)
    )
    assert result.messages is not None
    items = analyst.store.waiting_items(WAITING_FILE, include_settled=True)
    [file] = list_message_files(items)
    assert (file.item.source, file.waiting, file.duplicate, file.left_out) == ("sms.txt", 2, 0, 1)
    app = page()
    assert any("1 berkas pesan" in label for label in popovers(app))
    assert any("lapor?isi=baki" in one.proto.body for one in app.get("html"))


def popovers(app: AppTest) -> list[str]:
    return [one.proto.popover.label for one in app.get("popover")]
