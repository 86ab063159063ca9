"""The picture of the wall: the numbers of the pages, in words, and nothing that is not theirs."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from situasi.access.roles import ROLES, LinkScope, Viewer
from situasi.actions import acknowledgements, alert_list
from situasi.analysis.incidents import cases
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation import area_summary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.turnout import summary
from situasi.analysis.view_time import ViewTime
from situasi.board import Board
from situasi.common.formats import format_number
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.live import access_scope
from situasi.presentation import kpis as presentation_kpis
from situasi.presentation import map_measures
from situasi.presentation.model import KpiText
from situasi.server.wall import alarms, figure_cards, routes, state_pool, views
from situasi.server.wall import query as wall_query
from situasi.server.wall import service as wall_service
from situasi.server.wall import state as wall_state
from situasi.server.wall.service import EncodedState, WallService
from situasi.store.model import StoreError
from tests import queries
from tests.builders import unbounded, wib
from tests.conftest import NOON
from tests.queries import compute_overview

CHIEF = Viewer("pimpinan", ROLES["pimpinan"], is_local=True)
AT = wib("12.30")
SAAT = "saat=2024-11-27T12:30"


def look(board: Board, query: str = SAAT, viewer: Viewer = CHIEF) -> dict[str, Any]:
    return dict(json.loads(asyncio.run(_body(WallService(board), query, viewer)).content))


async def _body(screen: WallService, query: str, viewer: Viewer = CHIEF) -> EncodedState:
    register = wall_state.visible_register(screen.board, viewer)
    return await screen.get_state(
        viewer, wall_query.parse_query(QueryParams(query), viewer, register)
    )


def view(said: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in said["views"] if one["name"] == name)


def figure(said: dict[str, Any], name: str, key: str) -> str:
    """Value and unit of a figure in one, as the page writes it."""
    one = next(one for one in view(said, name)["figures"] if one["key"] == key)
    return f"{one['value']} {one['unit']}".strip()


def of_pages(
    board: Board, wanted: Selection, at: datetime = AT
) -> tuple[Overview, area_summary.AreaSummary]:
    """What the pages find, without anything kept."""
    register = board.register
    frames = board.snapshot_reader.refresh().snapshot.frames
    found = compute_overview(
        frames, register.election, list(register.kecamatan), wanted, at, live=False
    )
    known = {name: cases.filter_known(frame, at) for name, frame in frames.items()}
    return found, queries.run(area_summary.compute_area_summary, known, register, at)


def test_open_alerts_are_on_the_wall_by_level_but_none_of_neutrality(rehearsed: Board) -> None:
    said = look(rehearsed)["alerts"]
    view_of = rehearsed.analysis_cache.view(
        rehearsed.snapshot_reader.refresh().snapshot,
        ViewTime(AT, live=False, is_exercise=False),
        access_scope.scope_of(CHIEF),
    )
    open_alerts = alert_list.build_alert_list(view_of, alert_list.NO_RECORDS).open
    shown = open_alerts[open_alerts["rule"] != "netralitas"]
    assert said["count"] == said["unseen"] == len(shown) > 6
    assert [line["level"].split()[-1] for line in said["lines"]] == [
        rehearsed.register.election.alerts.levels[level] for level in shown["level"].head(6)
    ]
    assert figure(look(rehearsed), "perhatian", "peringatan").startswith(str(len(shown)))
    guest = Viewer("tamu", ROLES["tamu"])
    assert look(rehearsed, viewer=guest)["alerts"] is None


def of_the_day() -> Selection:
    midnight = wib("00.00")
    return Selection(since=midnight, until=midnight + timedelta(days=1))


def test_every_figure_is_that_of_the_page_situasi(rehearsed: Board) -> None:
    said = look(rehearsed)
    found, of_day = of_pages(rehearsed, of_the_day())
    codes = list(of_day.turnout.index)
    rates = summary.compute_shown_total(of_day.turnout, codes, rehearsed.register)
    assert figure(said, "situasi", "terbuka").startswith(f"{len(found.open_cases)} ")
    for name, key, told in (
        ("partisipasi", "partisipasi", presentation_kpis.format_turnout(rates)),
        ("partisipasi", "hadir", presentation_kpis.format_voters_present(rates)),
        # How many are late stands beside it.
        ("tps", "tps", presentation_kpis.format_stations(of_day.stations, with_silent=False)),
        (
            "personel",
            "personel",
            # How many TPS have no officer stands beside it.
            presentation_kpis.format_officers(of_day, codes, with_absent=False),
        ),
        ("situasi", "terakhir", presentation_kpis.format_last_report(found, AT, "WIB")),
    ):
        assert figure(said, name, key) == told.value, key
        shown = next(one for one in view(said, name)["figures"] if one["key"] == key)
        note = shown["note"].replace("\u00a0", " ")  # a count stays in one line with its word
        assert (shown["title"], note) == (told.title, told.note)


def test_the_map_of_every_view_is_that_of_the_page(rehearsed: Board) -> None:
    said = look(rehearsed)
    found, of_day = of_pages(rehearsed, of_the_day())
    places = rehearsed.register.kecamatan
    for one in said["views"]:
        name = {"tps": "fase", "putuskan": "situasi"}.get(one["name"], one["name"])
        dark = wall_state.DARK
        by = map_measures.build_measure(name, found, of_day, places, dark)
        for code, place in places.items():
            area = by.build_area(place)
            assert one["areas"][code][:2] == [area.value, area.fill], (name, code)


def test_a_list_of_the_wall_says_how_long_it_is_and_tells_the_silent_first(
    rehearsed: Board,
) -> None:
    said = look(rehearsed, "saat=2024-11-27T10:30")
    _found, of_day = of_pages(rehearsed, of_the_day(), wib("10.30"))
    late = of_day.stations[of_day.stations["state"].isin(["terlambat", "tak_terjangkau"])]
    listed = view(said, "tps")
    assert listed["count"] == late["kecamatan"].nunique() > len(listed["lines"])
    # The list is of the late ones: their number stands at its end, not once more below.
    assert not any("terlambat" in line["note"] for line in listed["lines"])
    gaps = of_day.coverage_gaps
    assert view(said, "personel")["count"] == (gaps["absent"] > 0).sum()
    # As Putuskan and Pergeseran count them: two of 71 TPS come before one of 28.
    names = [line["title"] for line in view(said, "personel")["lines"]]
    absent = gaps.set_axis([rehearsed.register.name_of(code) for code in gaps.index])["absent"]
    assert list(absent[names]) == sorted(absent[absent > 0], reverse=True)
    assert view(said, "partisipasi")["count"] == 0  # the lowest of all, of which each has one
    states: Any = SimpleNamespace(tak_terjangkau=0, terlambat=6, diragukan=0, ditunggu=54, lapor=10)
    every = views._format_states(states, is_about_late=False)
    assert every == "terlambat 6 · ditunggu 54 · lapor 10"


def test_a_figure_warns_of_what_it_says_and_not_of_the_figure_beside_it(rehearsed: Board) -> None:
    """That 667 of 667 TPS are open is no alarm: how many are late stands beside it."""
    by_key = {one["key"]: one for one in view(look(rehearsed), "tps")["figures"]}
    assert by_key["tps"]["value"] == "667"
    assert (by_key["tps"]["alarm"], by_key["terlambat"]["alarm"]) == (False, True)
    assert "tanpa petugas" not in view(look(rehearsed), "personel")["figures"][0]["note"]


def test_at_the_end_of_duty_the_list_tells_where_officers_are_missing(rehearsed: Board) -> None:
    said = look(rehearsed, "saat=2024-11-27T22:50")
    _found, of_day = of_pages(rehearsed, of_the_day(), wib("22.50"))
    gaps = of_day.coverage_gaps
    listed = view(said, "personel")
    assert listed["heading"] == "Personel belum kembali"
    assert listed["count"] == (gaps["posted"] > gaps["kembali"]).sum() > 0
    assert "tanpa kabar" in listed["lines"][0]["note"]


def test_the_lowest_turnout_says_of_how_many_tps_at_which_hour(rehearsed: Board) -> None:
    said = look(rehearsed, "saat=2024-11-27T10:30")
    _found, of_day = of_pages(rehearsed, of_the_day(), wib("10.30"))
    lowest = of_day.turnout.sort_values("common_rate", kind="stable").iloc[0]
    assert lowest["common_tps"] < lowest["tps_counted"]
    note = view(said, "partisipasi")["lines"][0]["note"]
    assert note == f"{lowest['common_tps']} dari {lowest['tps']} TPS pukul 10.00"


def test_a_kecamatan_without_a_word_has_no_fill_and_no_number(board: Board) -> None:
    said = look(board, "")
    for one in said["views"]:
        for value, fill, *_ in one["areas"].values():
            assert fill is None or one["name"] == "perhatian"
            assert value in {"", "0"} or one["name"] == "perhatian"
    assert figure(said, "situasi", "terbuka") == "–"
    assert figure(said, "partisipasi", "partisipasi") == "–"
    assert said["last"] is None


def test_filters_choose_the_rows_and_are_told_in_words(rehearsed: Board) -> None:
    said = look(rehearsed, f"{SAAT}&kec=16.10.12&jenis=politik_uang")
    found, _ = of_pages(
        rehearsed,
        Selection(("16.10.12",), ("politik_uang",), since=wib("00.00"), until=wib("23.59")),
    )
    assert said["filter"] == "kecamatan: Sungai Pinang; jenis: politik uang"
    assert figure(said, "situasi", "terbuka").startswith(f"{len(found.open_cases)} ")
    assert set(view(said, "situasi")["areas"]) == {"16.10.12"}
    assert {one["code"] for one in said["alarms"]} == {"16.10.12"}
    assert look(rehearsed, f"{SAAT}&kec=16.10.01")["alarms"] == []


def test_what_was_not_known_yet_is_not_shown(rehearsed: Board) -> None:
    early, late = look(rehearsed, "saat=2024-11-27T06:00"), look(rehearsed)
    assert figure(early, "partisipasi", "partisipasi") == "–"
    assert figure(late, "partisipasi", "partisipasi") != "–"
    assert [kind for kind, _ in early["bands"]] == ["latihan", "past"]
    assert not early["moment"]["ticks"]


def test_who_may_not_see_officers_has_no_view_of_them_whatever_is_asked(rehearsed: Board) -> None:
    guest = Viewer("tamu x", ROLES["tamu"])
    said = look(rehearsed, f"{SAAT}&tampilan=personel,tps", guest)
    assert [one["name"] for one in said["views"]] == ["tps"]
    every = look(rehearsed, SAAT, guest)
    assert "personel" not in [one["name"] for one in every["views"]]
    assert "Personel hadir" not in every["table"]["head"]
    assert "Personel hadir" in look(rehearsed)["table"]["head"]


def test_a_guest_sees_what_the_link_says_and_not_what_the_address_says(rehearsed: Board) -> None:
    bound = LinkScope("abc", "situasi", (("kec", "16.10.05"), ("saat", "2024-11-27T12:30")), NOON)
    guest = Viewer("tamu abc", ROLES["tamu"], ("16.10.05",), bound)
    said = look(rehearsed, "kec=16.10.12&rentang=semua", guest)
    assert set(view(said, "situasi")["areas"]) == {"16.10.05"}
    assert said["filter"] == "kecamatan: Pemulutan"
    assert said["bands"][1][0] == "past"
    assert said["bands"][2][0] == "guest"


def test_an_area_is_all_that_its_viewer_is_told_of(rehearsed: Board) -> None:
    mine = Viewer("polsek", ROLES["analis"], ("16.10.05",))
    said = look(rehearsed, f"{SAAT}&kec=16.10.12", mine)
    assert {code for one in said["views"] for code in one["areas"]} == {"16.10.05"}
    assert said["alarms"] == []


def test_a_picture_is_made_once_for_all_who_may_see_it(
    rehearsed: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    real = wall_state.build_state
    monkeypatch.setattr(wall_state, "build_state", lambda *given: made.append(1) or real(*given))
    screen = WallService(rehearsed)

    async def crowd() -> list[EncodedState]:
        other = Viewer("rina", ROLES["pimpinan"])
        return await asyncio.gather(
            *(_body(screen, SAAT, viewer) for viewer in (CHIEF, other) for _ in range(20))
        )

    bodies = asyncio.run(crowd())
    assert len(made) == 1
    assert len({body.content for body in bodies}) == 1
    assert gzip.decompress(bodies[0].gzip_content) == bodies[0].content


def test_viewers_who_may_see_less_never_share_with_those_who_see_more(rehearsed: Board) -> None:
    screen = WallService(rehearsed)

    async def both() -> list[EncodedState]:
        some = (CHIEF, Viewer("x", ROLES["tamu"]), Viewer("y", ROLES["analis"], ("16.10.05",)))
        return [await _body(screen, SAAT, one) for one in some]

    assert len({body.etag for body in asyncio.run(both())}) == 3


def test_a_picture_is_small(rehearsed: Board) -> None:
    body = asyncio.run(_body(WallService(rehearsed), ""))
    assert len(body.content) < 30_000
    assert len(body.gzip_content) < 6_000


def report(board: Board, folder: Path, *cells: str, now: datetime = NOON) -> None:
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    head = "id,waktu,kode_kecamatan,jenis,tingkat,status,uraian,pelapor"
    path.write_text("\n".join((head, *cells)), "utf-8")
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("test"), now=now)
    )
    assert ledger.accepted == len(cells), ledger


GRAVE = "K-9,2024-11-27 11:50,16.10.04,kericuhan,tinggi,dilaporkan,Massa memaksa masuk,Polsek"


def test_a_new_report_wakes_whoever_waits(board: Board, tmp_path: Path) -> None:
    screen = WallService(board)

    async def waits() -> dict[str, Any]:
        before = await _body(screen, "")
        async with screen.watch(), asyncio.timeout(60):
            woken = asyncio.create_task(screen.wait_for_change(600))
            for _ in range(3):
                await asyncio.sleep(0)  # until it waits
            await asyncio.to_thread(report, board, tmp_path, GRAVE)
            await woken
            after = await _body(screen, "")
        assert after.etag != before.etag
        return json.loads(after.content)

    state = asyncio.run(waits())
    alarms, marks = state["alarms"], state["marks"]
    assert [one["title"] for one in alarms] == ["kericuhan"]
    # Of the place no more is known than the kecamatan: it is drawn there, as an estimate.
    assert marks == [[*alarms[0]["spot"], "tinggi", 1, 1]]


def test_a_grave_report_of_the_whole_kabupaten_is_not_one_polseks_to_take_note_of(
    board: Board, tmp_path: Path
) -> None:
    whole = GRAVE.replace("K-9", "K-0").replace("16.10.04", "16.10")
    report(board, tmp_path, GRAVE, whole)
    screen, seen = WallService(board), board.snapshot_reader.refresh()
    polsek = Viewer("wati", ROLES["operator"], ("16.10.04",))
    kept = {
        case: routes._record_acknowledgement(
            screen,
            seen,
            polsek,
            {"case": wall_state.hash_case_id(case), "name": "Iptu Rahmat"},
        )
        for case in seen.snapshot.frames["incidents"]["case"]
    }
    assert [said is not None for said in kept.values()] == [True, False]


def test_what_somebody_took_note_of_says_so_and_when(board: Board, tmp_path: Path) -> None:
    report(board, tmp_path, GRAVE)
    assert look(board, "")["alarms"][0]["acknowledged"] is None
    case = str(board.snapshot_reader.refresh().snapshot.frames["incidents"]["case"].iloc[0])
    later = NOON + timedelta(seconds=40)
    acknowledgements.acknowledge(board.store, case, "Iptu Rahmat", "posko", NOON, later)
    told = look(board, "")["alarms"][0]["acknowledged"]
    assert told == "dipahami Iptu Rahmat 12.00, setelah 40 detik"
    assert (
        look(board, SAAT)["alarms"][0]["acknowledged"] is None
    )  # of a past moment nothing is told
    unnamed = look(board, "", Viewer("tamu", ROLES["tamu"]))["alarms"][0]["acknowledged"]
    assert unnamed == "dipahami 12.00, setelah 40 detik"  # who sees no officers reads no name


def test_a_time_of_the_computer_beside_the_clock_of_a_rehearsal_says_whose_it_is(
    rehearsed: Board, board: Board
) -> None:
    assert not look(board, "")["moment"]["exercise"]
    said = look(rehearsed)["moment"]  # of a past minute too: the rehearsal's clock runs on
    assert said["exercise"] and not said["ticks"]
    stored = acknowledgements.Acknowledgement("X", "Iptu Rahmat", "posko", NOON, NOON)
    zone = board.register.election.zone
    told = alarms.format_acknowledgement(stored, zone, with_name=True, is_exercise=True)
    assert told == "dipahami Iptu Rahmat jam komputer 12.00, setelah 0 detik"


def test_a_broken_store_leaves_the_last_picture_with_the_reason(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(board, tmp_path, GRAVE)
    screen = WallService(board)

    async def breaks() -> tuple[EncodedState, EncodedState]:
        whole = await _body(screen, "")

        def broken() -> int:
            raise StoreError("berkas terkunci")

        monkeypatch.setattr(board.store, "version", broken)
        await screen.refresh(force=True)
        return whole, await _body(screen, "")

    whole, left = asyncio.run(breaks())
    assert left.checked_at == whole.checked_at
    said = json.loads(left.content)
    assert said["trouble"] == "berkas terkunci"
    assert said["alarms"] == json.loads(whole.content)["alarms"]


def test_a_store_that_was_replaced_is_told_on_the_wall(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(board, tmp_path, GRAVE)
    picture = board.snapshot_reader.refresh()
    monkeypatch.setattr(
        board.snapshot_reader, "refresh", lambda: replace(picture, replaced_at=NOON)
    )
    said = json.loads(asyncio.run(_body(WallService(board), "")).content)
    kinds = [kind for kind, text in said["bands"] if "Penyimpanan diganti" in text]
    assert kinds == ["doubt"]  # of "broken" the wall's scripts draw the store that cannot be read


def test_a_store_that_was_never_read_is_not_shown_as_calm(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise StoreError("berkas terkunci")

    monkeypatch.setattr(board.store, "version", broken)
    said = look(board, "")
    assert said["views"] == []
    assert said["nothing"].startswith("Belum ada gambar")


def test_history_that_somebody_brings_in_interrupts_nobody(board: Board, tmp_path: Path) -> None:
    later = NOON + timedelta(days=300)
    fresh = GRAVE.replace("K-9", "K-8").replace("2024-11-27 11:50", f"{later:%Y-%m-%d %H:%M}")
    report(board, tmp_path, GRAVE, fresh, now=later)
    old = [one["old"] for one in look(board, "rentang=semua")["alarms"]]
    assert sorted(old) == [False, True]


def test_of_a_thousand_grave_cases_some_are_named_and_all_are_counted(
    board: Board, tmp_path: Path
) -> None:
    rows = [GRAVE.replace("K-9", f"K-{n}") for n in range(100)]
    report(board, tmp_path, *rows)
    body = asyncio.run(_body(WallService(board), ""))
    said = json.loads(body.content)
    assert len(said["alarms"]) == wall_state.MAX_ALARMS
    assert said["alarm_count"] == 100
    assert len(body.content) < 40_000


def test_a_long_day_leaves_no_more_pictures_behind_than_are_kept(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_pool, "MAX_STATES", 8)
    screen = WallService(board)

    async def many() -> None:
        for code in list(board.register.kecamatan)[:2]:
            for window in ("1j", "3j", "semua"):
                for theme in ("gelap", "terang"):
                    query = f"kec={code}&rentang={window}&tema={theme}"
                    await _body(screen, query, replace(CHIEF, name=code))

    asyncio.run(many())
    assert len(screen._live_pool._states) == 8


def test_one_session_has_so_many_answers_held_back_and_no_more(board: Board) -> None:
    screen = WallService(board)

    async def crowd() -> list[bool]:
        async with AsyncExitStack() as stack:
            for _ in range(wall_service._MAX_WAITING):
                assert not screen.has_too_many_waiting("k")
                await stack.enter_async_context(screen.watch("k"))
            return [screen.has_too_many_waiting("k"), screen.has_too_many_waiting("other")]

    assert asyncio.run(crowd()) == [True, False]
    assert not screen.has_too_many_waiting("k")


def test_the_wall_of_another_board_is_another(board: Board, rehearsed: Board) -> None:
    one = wall_service.current_service(board)
    assert wall_service.current_service(board) is one
    assert wall_service.current_service(rehearsed) is not one


def test_the_trend_of_a_figure_ends_with_the_figure(rehearsed: Board) -> None:
    picture = look(rehearsed)
    trends = {one["key"]: one for part in picture["views"] for one in part["figures"]}
    assert {name for name, one in trends.items() if one["trend"]} >= {
        "terbuka", "situasi", "terakhir", "partisipasi", "hadir", "tps", "terlambat", "personel",
    }  # fmt: skip
    for name in ("terbuka", "terlambat", "tak_terjangkau"):
        assert trends[name]["trend"][-1] == int(trends[name]["value"].replace(".", ""))
    counts = {mark[1]: int(number) for mark, number, _word in trends["situasi"]["value"]}
    assert trends["situasi"]["trend"][-1] == counts["merah"] + counts["kuning"]
    assert max(trends["terlambat"]["trend"]) > 0


def test_a_trend_holds_what_the_wall_showed_at_those_hours(rehearsed: Board) -> None:
    now, then = (look(rehearsed, f"saat=2024-11-27T{at}") for at in ("12:30", "11:30"))
    figures, earlier = (
        {one["key"]: one for part in picture["views"] for one in part["figures"]}
        for picture in (now, then)
    )
    for name in ("tanpa", "peringatan", "terlambat"):
        trend = figures[name]["trend"]
        assert trend[-2:] == [int(one[name]["value"]) for one in (earlier, figures)], name
    bounds = [
        f"{format_number(least, 1)}–{format_number(most, 1)} %"
        for least, most in figures["batas"]["trend"][-2:]
    ]
    assert bounds == [figure(picture, "partisipasi", "batas") for picture in (then, now)]


def test_before_the_day_the_wall_counts_down(board: Board) -> None:
    query = wall_query.parse_query(QueryParams(""), CHIEF, board.register)
    screen, early = WallService(board), AT - timedelta(days=2)
    sources = asyncio.run(screen.get_sources(query, early))
    picture = wall_state.build_state(sources, CHIEF, query)
    first = view(picture, "situasi")["figures"][0]
    counted = (first["title"], first["value"], first["unit"])
    assert counted == ("Hari pemungutan", "2", "hari lagi")


def test_a_wall_of_a_moment_that_is_not_watched_says_so(rehearsed: Board) -> None:
    bands = {text for _kind, text in look(rehearsed, "saat=2023-01-01T10:30")["bands"]}
    assert any("1 Jan 2023 10.30) di luar hari yang dipantau" in text for text in bands)
    assert not any("diminta" in text for _kind, text in look(rehearsed)["bands"])


def test_where_no_tps_told_anything_none_is_late(board: Board) -> None:
    picture = look(board, "")
    assert figure(picture, "tps", "terlambat") == "–"
    assert view(picture, "tps")["lines"] == []
    assert view(picture, "tps")["nothing"] == "Belum ada laporan TPS."


def test_of_a_last_report_of_which_only_the_day_is_known_no_hour_is_told(
    board: Board, tmp_path: Path
) -> None:
    head = "id,waktu,waktu_lapor,kode_kecamatan,jenis,tingkat,status,uraian,pelapor"
    cells = "K-1,2024-10-25,2024-10-25,16.10.04,kericuhan,tinggi,selesai,Massa bubar,Polsek"
    (tmp_path / "lama.csv").write_text(f"{head}\n{cells}", "utf-8")
    # History, as it was stored long after the watch.
    ingest_file(IngestRequest(
        tmp_path / "lama.csv", board.store, board.ingest_context, unbounded("test"),
        now=NOON + timedelta(days=30),))  # fmt: skip
    assert look(board, "")["last"][1:] == ["25 Okt 2024", False]


def test_the_day_of_a_date_is_no_figure_of_its_own() -> None:
    def split(value: str) -> tuple[str, str]:
        built = figure_cards.build_kpi(KpiText("terakhir", "", value))
        return built["value"], built["unit"]

    assert split("27 Nov 2024") == ("27 Nov 2024", "")
    assert split("27 dari 283") == ("27", "dari 283")
    assert split("27 menit lalu") == ("27", "menit lalu")
