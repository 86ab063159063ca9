"""The key figures over HTTP are those of the Situasi page, computed here by hand."""

from __future__ import annotations

from typing import Any

from situasi.access.roles import ROLES, Viewer
from situasi.actions import alert_actions
from situasi.actions.alert_actions import AlertAction
from situasi.ingest.pipeline import ingest_rows
from tests.builders import unbounded
from tests.conftest import NOON
from tests.server.api.conftest import Asking, incident, session


def stored(asking: Asking, feed: str, *rows: dict[str, Any]) -> None:
    board = asking.board
    ledger = ingest_rows(
        list(rows), "uji", board.store, board.ingest_context, unbounded("uji"), feed=feed, now=NOON
    )
    assert ledger.accepted == len(rows), ledger.reasons


def told(asking: Asking, query: str = "", role: str = "analis") -> dict[str, Any]:
    answer = asking.get(f"/api/v1/situation?{query}", session(role))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_board_that_heard_nothing_says_null_and_not_zero(asking: Asking) -> None:
    found = told(asking)
    assert found["newest"] is None and found["data_age_seconds"] is None
    assert set(found["open"].values()) == {None}
    assert [found["turnout"][n] for n in ("rate", "heads", "least", "most")] == [None] * 4
    assert found["turnout"]["tps"] == 667 and found["turnout"]["tps_told"] == 0
    assert found["situasi"]["counts"]["belum_dinyatakan"] == 16
    assert found["tps"]["by_phase"]["belum"] == 667 and found["tps"]["reached"] is None
    assert set(found["personnel"].values()) == {None}
    assert found["latihan"] is False and found["trouble"] is False


def test_open_cases_by_tingkat_and_situasi_by_kecamatan(asking: Asking) -> None:
    stored(
        asking,
        "incidents",
        incident(id="A", tingkat="tinggi", situasi="merah"),
        incident(id="B", tingkat="rendah", kecamatan="Pemulutan"),
        incident(id="C", status="selesai"),
        incident(id="D"),
    )
    found = told(asking)
    assert found["open"]["total"] == 3
    assert found["open"]["by_tingkat"] == {
        "rendah": 1, "sedang": 0, "tinggi": 1, "belum_dinyatakan": 1,
    }  # fmt: skip
    states = {one["code"]: one["situasi"] for one in found["situasi"]["kecamatan"]}
    assert states["16.10.13"] == "merah" and states["16.10.05"] is None
    assert found["data_age_seconds"] == 0 and found["as_of"] == "2024-11-27T12:00:00+07:00"
    assert told(asking, "kec=16.10.05")["open"]["total"] == 1
    assert told(asking, "tingkat=tinggi&tingkat=rendah")["open"]["total"] == 2


def test_turnout_says_of_whom_and_between_which_bounds(asking: Asking) -> None:
    row = {
        "waktu": "27/11/2024 11.00",
        "kec": "Kandis",
        "desa": "Lubuk Rukam",
        "tps": "1",
        "hadir": 90,
    }
    stored(asking, "tps", row)
    found = told(asking)["turnout"]
    assert (found["heads"], found["tps_told"]) == (90, 1)
    assert found["rate"] == round(100 * 90 / found["dpt_told"], 2)
    assert found["least"] == round(100 * 90 / found["dpt"], 2)
    untold = found["dpt"] - found["dpt_told"]
    assert found["most"] == round(100 * (90 + untold) / found["dpt"], 2)
    assert set(found["estimated"]) == {"dpt", "dpt_told"}
    assert (found["tps_stale"], found["common"]) == (0, None)
    stored(asking, "tps", {**row, "tps": "2", "waktu": "27/11/2024 11.50", "hadir": 120})
    found = told(asking)["turnout"]
    assert (found["tps_told"], found["tps_stale"]) == (2, 1)
    common = found["common"]
    assert (common["at"], common["tps"]) == ("2024-11-27T12:00:00+07:00", 1)
    assert found["rate"] < common["rate"]


def test_only_what_is_estimated_is_marked_so(asking: Asking) -> None:
    """The list of the whole kabupaten is official; those of most kecamatan and TPS are not."""
    codes = asking.board.register.tps["code"].tolist()
    rows = [
        {"waktu": "27/11/2024 11.00", "kode_kecamatan": code[:8],
         "kode_desa": code.rpartition(".")[0], "tps": code[-3:], "hadir": 90}
        for code in codes
    ]  # fmt: skip
    stored(asking, "tps", *rows[1:])
    assert told(asking)["turnout"]["estimated"] == {"dpt": False, "dpt_told": True}
    stored(asking, "tps", rows[0])
    assert told(asking)["turnout"]["estimated"] == {"dpt": False, "dpt_told": False}
    estimated = {
        code for code, place in asking.board.register.kecamatan.items() if place.dpt_estimated
    }
    found = told(asking, f"kec={min(estimated)}")["turnout"]
    assert found["estimated"] == {"dpt": True, "dpt_told": True}


def test_phases_of_all_tps_add_up_to_them(asking: Asking) -> None:
    row = {"waktu": "27/11/2024 07.05", "kec": "Kandis", "desa": "Lubuk Rukam", "tps": "1"}
    stored(asking, "tps", row | {"fase": "dibuka"})
    found = told(asking)["tps"]
    assert found["by_phase"]["dibuka"] == 1
    assert sum(found["by_phase"].values()) == sum(found["by_state"].values()) == 667


def test_a_past_moment_shows_what_was_known_then(asking: Asking) -> None:
    stored(asking, "incidents", incident())
    found = told(asking, "saat=2024-11-27T11:00")
    assert found["live"] is False and found["open"]["total"] is None
    assert found["as_of"] == "2024-11-27T11:00:00+07:00"


def test_officers_are_counted_for_who_sees_them_only(asking: Asking) -> None:
    order = {"waktu": "27/11/2024 06.00", "petugas": "17", "kec": "Kandis", "desa": "Lubuk Rukam",
             "tps": "1", "penugasan": "tps"}  # fmt: skip
    stored(asking, "postings", order)
    assert told(asking)["personnel"]["posted"] == 1
    assert told(asking, role="tamu")["personnel"] is None


def test_silent_sources_are_those_that_the_reader_sees(asking: Asking) -> None:
    names = {one["feed"] for one in told(asking)["feeds"]}
    assert "incidents" in names
    assert {one["feed"] for one in told(asking, role="tamu")["feeds"]} <= names
    assert all(one["last"] is None for one in told(asking)["feeds"])


def alerts(asking: Asking, query: str = "", role: str = "analis") -> dict[str, Any]:
    found: dict[str, Any] = told(asking, query, role)["alerts"]
    return found


def test_open_alerts_are_those_of_their_page_until_somebody_closes_them(asking: Asking) -> None:
    assert alerts(asking)["open"] == len(alerts(asking)["list"])
    stored(asking, "incidents", incident(id="A", jenis="kericuhan", tingkat="tinggi"))
    [grave] = [one for one in alerts(asking)["list"] if one["rule"] == "berat"]
    assert (grave["level"], grave["kecamatan"], grave["status"]) == ("kritis", "16.10.13", "baru")
    assert "kericuhan" in grave["cause"] and "Kandis" in grave["cause"]
    before = alerts(asking)
    key = f"berat|{_case_of(asking)}|202411270500|2"
    for kind, text in (("dilihat", ""), ("ditutup", "Sudah aman")):
        _act(asking, key, kind, text)
        after = alerts(asking)
        assert after["unseen"] == before["unseen"] - 1
        assert after["open"] == before["open"] - (kind == "ditutup")


def _case_of(asking: Asking) -> str:
    frames = asking.board.snapshot_reader.refresh().snapshot.frames
    return str(frames["incidents"]["case"].iloc[0])


def _act(asking: Asking, key: str, kind: str, text: str) -> None:
    viewer = Viewer("rina", ROLES["pimpinan"])
    known = len(alert_actions.load_all(asking.board.store).get(key, _NOTHING).actions)
    action = AlertAction(kind, "rina", NOON, text)
    about = {"kecamatan": "16.10.13"}
    alert_actions.record_action(asking.board.store, viewer, key, action, known, about, NOON)


_NOTHING = alert_actions.AlertRecord((), {})


def test_alerts_are_for_whoever_may_open_their_page(asking: Asking) -> None:
    assert told(asking, role="tamu")["alerts"] is None
    stored(asking, "incidents", incident(id="A", tingkat="tinggi"))
    rules = [one["rule"] for one in alerts(asking, "kec=16.10.05")["list"]]
    assert "berat" not in rules
