"""What is read over HTTP is what the pages show: filtered, marked, missing where it is missing."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.pipeline import ingest_rows
from situasi.store import Store, open_store
from tests.builders import unbounded
from tests.conftest import NOON
from tests.server.api import conftest
from tests.server.api.conftest import Asking, incident, session
from tests.store.builders import delivery, frame, row

INCIDENTS = "/api/v1/incidents"
SITUATION = "/api/v1/situation"


def stored(asking: Asking, *rows: dict[str, Any], feed: str = "incidents") -> None:
    board = asking.board
    ledger = ingest_rows(
        list(rows), "uji", board.store, board.ingest_context, unbounded("uji"), feed=feed, now=NOON
    )
    assert ledger.accepted == len(rows), ledger.reasons


def read(asking: Asking, path: str, headers: dict[str, str] | None = None) -> Any:
    answer = asking.get(path, headers or session("analis"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_missing_cell_is_null_and_a_time_is_of_here(asking: Asking) -> None:
    stored(asking, incident())
    (row,) = read(asking, INCIDENTS)["rows"]
    assert row["waktu"] == "2024-11-27T08:00:00+07:00"
    assert row["tingkat"] is None and row["lat"] is None and row["latihan"] is False
    stored(asking, {"waktu": "27/11/2024 08.00", "kec": "Kandis", "desa": "Lubuk Rukam", "tps": "1",
                    "fase": "dibuka"}, feed="tps")  # fmt: skip
    assert read(asking, "/api/v1/tps")["rows"][0]["hadir"] is None


def test_the_filters_are_those_of_the_pages(asking: Asking) -> None:
    stored(
        asking,
        incident(uraian="a", tingkat="tinggi", status="ditangani"),
        incident(uraian="b", kecamatan="Pemulutan", waktu="27/11/2024 11.30"),
        incident(uraian="c", jenis="kebakaran", waktu="20/11/2024 08.00"),
    )

    def told(query: str) -> str:
        return "".join(row["uraian"] for row in read(asking, f"{INCIDENTS}?{query}")["rows"])

    assert told("") == "abc"
    assert told("kec=16.10.13") == "ac"
    assert told("kec=16.10.13&kec=16.10.05") == "abc"
    assert told("jenis=kebakaran") == "c"
    assert told("tingkat=tinggi") == "a"
    assert told("status=ditangani") == "a"
    assert told("rentang=hari") == "ab"
    assert told("rentang=1j") == "b"
    assert told("saat=2024-11-27T11:00") == ""  # nothing was known before noon
    assert told("saat=" + quote("2024-11-27T13:00:00+07:00")) == "abc"


@pytest.mark.parametrize(
    "query",
    ["kec=99", "kecamatan=16.10.13", "jenis=", "rentang=2j", "saat=kemarin", "limit=0",
     "limit=1001", "after=-1", "after=99999999999999999999", "limit=1&limit=2", "format=xlsx",
     "saat=2024-02-30T09:00"],
)  # fmt: skip
def test_a_filter_that_is_not_understood_is_refused_and_not_passed_over(
    asking: Asking, query: str
) -> None:
    answer = asking.get(f"{INCIDENTS}?{query}", session("analis"))
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_pages_follow_each_other_without_gap_or_repetition(asking: Asking) -> None:
    stored(asking, *(incident(uraian=str(n)) for n in range(7)))
    found, after = [], 0
    while after is not None:
        page = read(asking, f"{INCIDENTS}?limit=3&after={after}")
        found += [row["uraian"] for row in page["rows"]]
        after = page["next"]
    assert found == [str(n) for n in range(7)]


def test_points_are_geojson_and_a_report_without_one_is_told_all_the_same(asking: Asking) -> None:
    stored(asking, incident(lat=-3.4268, lon=104.8017), incident(uraian="tanpa titik"))
    answer = asking.get(INCIDENTS, session("analis") | {"accept": "application/geo+json"})
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert [f["geometry"] and f["geometry"]["type"] for f in features] == ["Point", None]
    assert features[0]["geometry"]["coordinates"] == [104.8017, -3.4268]
    assert asking.get("/api/v1/activities?format=geojson", session("analis")).status_code == 422


def test_csv_runs_nothing_and_may_be_sent_back_as_it_is(asking: Asking) -> None:
    stored(asking, incident(uraian="=HYPERLINK(1)", pelapor="Regu, 2"))
    answer = asking.get(f"{INCIDENTS}?format=csv", session("analis"))
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["uraian"] == "'=HYPERLINK(1)" and row["latihan"] == "tidak" and row["tps"] == ""
    key = asking.key(feeds=("incidents",))
    back = asking.post(INCIDENTS, answer.content, key, "text/csv").json()
    assert back["quarantined"] == 0 and back["read"] == 1


def test_made_up_rows_are_marked_in_every_form(asking: Asking) -> None:
    stored(asking, incident(latihan="ya"))
    assert read(asking, INCIDENTS)["latihan"] is True
    assert read(asking, INCIDENTS)["rows"][0]["latihan"] is True
    table = asking.get(f"{INCIDENTS}?format=csv", session("analis"))
    assert table.headers["x-situasi-latihan"] == "true" and b'"ya"' in table.content
    assert read(asking, "/api/v1/situation")["latihan"] is True


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("text/*;q=0.5, application/geo+json;q=0.9", "application/geo+json"),
        ("text/html, text/csv", "text/csv"),
        ("application/json;q=0, text/csv", "text/csv"),
    ],
)
def test_the_form_is_what_the_reader_likes_best(asking: Asking, accept: str, media: str) -> None:
    answer = asking.get(INCIDENTS, session("analis") | {"accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == media


def test_a_form_that_is_not_there_is_named(asking: Asking) -> None:
    answer = asking.get(INCIDENTS, session("analis") | {"accept": "text/html"})
    assert answer.status_code == 406


def test_an_answer_that_has_not_changed_is_not_sent_again(asking: Asking) -> None:
    stored(asking, incident())
    for path in (INCIDENTS, "/api/v1/situation", f"{INCIDENTS}?format=csv"):
        first = asking.get(path, session("analis"))
        again = session("analis") | {"if-none-match": first.headers["etag"]}
        assert first.headers["cache-control"].startswith("private")
        assert asking.get(path, again).status_code == 304
        stored(asking, incident(uraian=path))
        assert asking.get(path, again).status_code == 200


def test_the_last_hour_is_another_answer_a_while_later_though_no_row_came(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(asking, incident(waktu="27/11/2024 11.30"))
    path = f"{INCIDENTS}?rentang=1j"
    first = asking.get(path, session("analis"))
    again = session("analis") | {"if-none-match": first.headers["etag"]}
    assert (len(first.json()["rows"]), asking.get(path, again).status_code) == (1, 304)
    monkeypatch.setattr(conftest, "NOON", NOON + timedelta(minutes=31))
    later = asking.get(path, again)
    assert (later.status_code, later.json()["rows"]) == (200, [])


def test_the_tag_is_another_for_another_question_form_or_sight(asking: Asking) -> None:
    stored(asking, incident())
    asked = [
        (INCIDENTS, session("analis")),
        (f"{INCIDENTS}?limit=5", session("analis")),
        (f"{INCIDENTS}?format=csv", session("analis")),
        (INCIDENTS, session("operator", area=["16.10.04"])),
        ("/api/v1/situation", session("analis")),
        ("/api/v1/situation", session("tamu")),
        ("/api/v1/situation?tingkat=tinggi", session("analis")),
    ]
    tags = [asking.get(path, who).headers["etag"] for path, who in asked]
    assert len(set(tags)) == len(tags)


def test_rows_that_were_taken_back_are_gone(asking: Asking) -> None:
    stored(asking, incident())
    asking.board.store.withdraw(1, NOON, "wati")
    assert read(asking, INCIDENTS)["rows"] == []


READ = {
    "pimpinan": set(FEEDS),
    "propam": set(FEEDS),
    "analis": set(FEEDS) - {"neutrality"},
    "operator": set(FEEDS) - {"neutrality"},
    "tamu": {"incidents", "tps", "activities", "merges"},
}


@pytest.mark.parametrize("role", READ)
def test_a_role_reads_the_feeds_that_its_pages_show(asking: Asking, role: str) -> None:
    codes = {f: asking.get(f"/api/v1/{f}", session(role)).status_code for f in FEEDS}
    assert {feed for feed, code in codes.items() if code == 200} == READ[role]
    assert set(codes.values()) <= {200, 403}


def test_a_key_reads_as_a_guest_and_only_where_it_may(asking: Asking) -> None:
    reads, writes = asking.key("baca", read=True), asking.key("tulis", feeds=("neutrality",))
    codes = {f: asking.get(f"/api/v1/{f}", reads).status_code for f in FEEDS}
    assert {feed for feed, code in codes.items() if code == 200} == READ["tamu"]
    assert asking.get(INCIDENTS, writes).status_code == 403
    assert asking.get("/api/v1/neutrality", writes).status_code == 403
    assert asking.get("/api/v1/situation", writes).status_code == 403


@pytest.mark.parametrize("by_key", [True, False])
def test_rows_outside_the_area_are_never_given(asking: Asking, by_key: bool) -> None:
    stored(asking, incident(), incident(kecamatan="Pemulutan", uraian="rahasia"))
    area = ("16.10.13",)
    who = asking.key(read=True, area=area) if by_key else session("operator", area=area)
    for form in ("json", "csv", "geojson"):
        assert "rahasia" not in asking.get(f"{INCIDENTS}?format={form}", who).text
    assert len(read(asking, INCIDENTS, who)["rows"]) == 1
    assert asking.get(f"{INCIDENTS}?kec=16.10.05", who).status_code == 403
    assert asking.get("/api/v1/situation?kec=16.10.05", who).status_code == 403
    found = read(asking, "/api/v1/situation", who)
    assert [one["code"] for one in found["situasi"]["kecamatan"]] == ["16.10.13"]
    assert found["open"]["total"] == 1
    assert found["tps"]["total"] < 667


def test_escorts_are_hidden_from_who_sees_no_officers(asking: Asking) -> None:
    place = {"waktu": "27/11/2024 10.00", "kec": "Kandis", "desa": "Lubuk Rukam", "tps": "1"}
    escort = {"fase": "kotak bergeser", "pengawal": "17", "teks_asli": "dikawal 17"}
    stored(asking, place | escort, feed="tps")
    assert read(asking, "/api/v1/tps")["rows"][0]["teks_asli"] == "dikawal 17"
    (row,) = read(asking, "/api/v1/tps", asking.key(read=True))["rows"]
    assert row["pengawal"] is None and row["teks_asli"] is None


def test_reading_what_not_everyone_may_see_is_in_the_trail(asking: Asking) -> None:
    for path in ("/api/v1/neutrality", "/api/v1/tps", "/api/v1/neutrality"):
        asking.get(path, session("propam", name="siti"))
    read_ = {"feed": "neutrality", "form": "json"}
    assert told(asking) == [
        ("siti", "saw", {"feed": "neutrality", "page": "api"}),  # once an hour
        ("siti", "api-read", read_),
        ("siti", "api-read", read_),
    ]


def told(asking: Asking) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the audit log, once what waits has been written."""
    asking.board.audit_log.close()
    trail = asking.board.store.audit_entries()
    assert not trail["moves"].any()
    entries = zip(trail["actor"], trail["action"], trail["detail"], strict=True)
    return [(actor, action, json.loads(detail)) for actor, action, detail in entries]


def test_each_file_that_is_read_is_in_the_trail_with_its_rows_and_filters(asking: Asking) -> None:
    rows = ({**incident(uraian=str(n)), "latihan": "ya"} for n in range(3))
    ledger = ingest_rows(
        list(rows),
        "uji",
        asking.board.store,
        asking.board.ingest_context,
        unbounded("uji"),
        feed="incidents",
        now=NOON,
    )
    assert ledger.accepted == 3
    who = session("analis", name="siti")
    asking.get(f"{INCIDENTS}?format=csv&kec=16.10.13&limit=2", who)
    tag = asking.get(f"{INCIDENTS}?format=geojson", who).headers["etag"]
    asking.get(f"{INCIDENTS}?format=geojson", who | {"if-none-match": tag})  # no row leaves
    asking.get(INCIDENTS, who)  # no file
    asking.get(f"{INCIDENTS}?format=csv&jenis=salah", who)
    asking.board.audit_log.close()
    trail = asking.board.store.audit_entries()
    trail = trail[trail["action"] == "export"]
    assert list(trail["actor"]) == ["siti"] * 2
    assert [json.loads(detail) for detail in trail["detail"]] == [
        {"feed": "incidents", "page": "api", "form": "csv", "rows": 2,
         "filters": {"kec": "16.10.13", "limit": "2"}},
        {"feed": "incidents", "page": "api", "form": "geojson", "rows": 3, "filters": {}},
    ]  # fmt: skip


def test_a_shared_link_opens_its_page_and_nothing_here(asking: Asking) -> None:
    link: list[object] = ["L-1", "kejadian", [], "2026-11-27T12:00:00+00:00"]
    for path in (INCIDENTS, "/api/v1/situation", "/api/v1/openapi.json"):
        assert asking.get(path, session("tamu", link=link)).status_code == 403


@pytest.mark.parametrize("header", ["", "!!", "bnVsbA==", "eyJyb2xlIjoicmFqYSJ9", "W10=", "/w=="])
def test_a_session_that_cannot_be_read_opens_nothing(asking: Asking, header: str) -> None:
    answer = asking.get(INCIDENTS, {"x-situasi-viewer": header})
    assert answer.status_code == 401 and "bearer" in answer.headers["www-authenticate"].lower()


def test_a_key_goes_before_the_session_beside_it(asking: Asking) -> None:
    both = session("pimpinan") | {"authorization": "Bearer situasi_x"}
    assert asking.get(INCIDENTS, both).status_code == 401


def test_a_revoked_key_opens_nothing_from_the_next_request_on(asking: Asking) -> None:
    from situasi.server.api import api_keys

    key = asking.key(read=True)
    assert asking.get(INCIDENTS, key).status_code == 200
    api_keys.revoke(asking.board.store, "bot", NOON, "admin")
    assert asking.get(INCIDENTS, key).status_code == 401


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/incidents/", "/api/v2/tps",
                                  "/api/v1/..%2f..%2fREADME.md"])  # fmt: skip
def test_whatever_else_is_no_address(asking: Asking, path: str) -> None:
    answer = asking.get(path, session("pimpinan"))
    assert answer.status_code == 404


def test_what_was_read_of_another_store_of_the_same_version_is_not_taken_for_this_one(
    asking: Asking,
) -> None:
    board = asking.board
    path = board.settings.data_folder / "situasi.db"
    other = path.with_name("other.db")
    for store, name in ((board.store, "sini"), (_empty_like(board, other), "sana")):
        with store.deliver(delivery(source=name)) as writing:
            writing.add(frame(row(id=name, desa=None)), [])
        if store is not board.store:
            store.close()
    paths = (INCIDENTS, SITUATION)
    who = session("analis")
    first = {path: asking.get(path, who) for path in paths}
    version = board.store.version()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    other.replace(path)
    assert board.store.version() == version
    for asked in paths:
        again = asking.get(asked, who | {"if-none-match": first[asked].headers["etag"]})
        assert again.status_code == 200
    assert [one["id"] for one in asking.get(INCIDENTS, who).json()["rows"]] == ["sana"]


def _empty_like(board: Board, path: Path) -> Store:
    """A store of the same election in another file."""
    return open_store(f"sqlite:///{path.as_posix()}", board.store.scope())
