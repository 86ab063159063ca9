"""Files over HTTP: as a form or as the body, on disk while they arrive, answered row by row."""

from __future__ import annotations

import io
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
from openpyxl import Workbook

from situasi.domain.feed_schemas import FEEDS
from situasi.server.api import schemas
from situasi.server.api.limits import Limits
from tests.server.api.conftest import Asking, incident

FILES = "/api/v1/kiriman"
TABLE = b"waktu;kecamatan;jenis\n27/11/2024 08.00;Kandis;banjir\n"
KOBO: dict[str, Any] = {
    "_id": 101,
    "_uuid": "7f5c2d0e-0000-4000-8000-000000000001",
    "formhub/uuid": "abc",
    "_xform_id_string": "kejadian",
    "laporan/waktu": "2024-11-27T08:00:00.000+07:00",
    "laporan/kecamatan": "Kandis",
    "laporan/jenis": "banjir",
    "_submission_time": "2024-11-27T01:05:00",
    "_attachments": [],
    "_validation_status": {},
}


def send(
    asking: Asking,
    key: dict[str, str],
    name: str = "a.csv",
    body: bytes = TABLE,
    path: str = FILES,
    **fields: str,
) -> requests.Response:
    return requests.post(
        asking.address + path, files={"berkas": (name, body)}, data=fields, headers=key, timeout=60
    )


def counts(answer: requests.Response) -> list[int]:
    ledger = answer.json()
    return [ledger[name] for name in ("read", "accepted", "duplicate", "quarantined")]


def stored(asking: Asking, feed: str = "incidents") -> int:
    return len(asking.board.store.rows_after(FEEDS[feed]))


def book() -> bytes:
    made, file = Workbook(), io.BytesIO()
    for row in (["waktu", "kecamatan", "jenis"], ["27/11/2024 08.00", "Kandis", "banjir"]):
        made.active.append(row)
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(("name", "body"), [("a.csv", TABLE), ("rekap.xlsx", book())])
def test_a_file_of_a_form_is_recognised_stored_and_answered_row_by_row(
    asking: Asking, name: str, body: bytes
) -> None:
    key = asking.key(feeds=("incidents",))
    answer = send(asking, key, name, body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["feed"], counts(answer)) == ("incidents", [1, 1, 0, 0])
    assert answer.json()["path"] == name and answer.json()["dry_run"] is False
    jsonschema.validate(answer.json(), schemas.file_result_schema())
    assert counts(send(asking, key, name, body)) == [1, 0, 1, 0]
    (batch,) = asking.board.store.batches().itertuples()
    assert (batch.actor, batch.source) == ("kunci:bot", name)


@pytest.mark.parametrize("kind", ["text/csv", "application/octet-stream", None])
def test_the_body_itself_may_be_the_file(asking: Asking, kind: str | None) -> None:
    answer = asking.post(FILES, TABLE, asking.key(feeds=("incidents",)), kind)
    assert answer.status_code == 200, answer.text
    assert counts(answer) == [1, 1, 0, 0]


def test_the_field_of_the_file_may_have_any_name(asking: Asking) -> None:
    answer = requests.post(
        asking.address + FILES, files={"lampiran": ("a.csv", TABLE)},
        headers=asking.key(feeds=("incidents",)), timeout=60,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert stored(asking) == answer.json()["accepted"] > 0


def test_a_submission_of_kobo_is_one_row_however_often_it_is_tried(asking: Asking) -> None:
    key = asking.key("kobo", feeds=("incidents",))
    for expected in ([1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 1, 0]):
        answer = asking.post(FILES, KOBO, key)
        assert answer.status_code == 200, answer.text
        assert counts(answer) == expected
    (row,) = asking.board.store.rows_after(FEEDS["incidents"]).to_dict("records")
    assert (row["id"], row["kecamatan"], row["jenis"]) == (KOBO["_uuid"], "16.10.13", "bencana")


def test_an_edited_submission_of_kobo_has_another_uuid_and_is_the_same_case(
    asking: Asking,
) -> None:
    key = asking.key("kobo", feeds=("incidents",))
    asking.post(FILES, KOBO, key)
    first = KOBO["_uuid"]
    edited = {**KOBO, "laporan/jenis": "kebakaran", "_uuid": "7f5c2d0e-2", "meta/instanceID":
              "uuid:7f5c2d0e-2", "meta/deprecatedID": f"uuid:{first}",
              "meta/rootUuid": f"uuid:{first}"}  # fmt: skip
    assert counts(asking.post(FILES, edited, key)) == [1, 1, 0, 0]
    assert set(asking.board.store.rows_after(FEEDS["incidents"])["id"]) == {first}


def test_an_edited_submission_corrects_the_case_of_its_id(asking: Asking) -> None:
    key = asking.key("kobo", feeds=("incidents",))
    asking.post(FILES, KOBO, key)
    edited = {**KOBO, "laporan/jenis": "kebakaran", "_submission_time": "2024-11-27T01:30:00"}
    assert counts(asking.post(FILES, edited, key)) == [1, 1, 0, 0]
    rows = asking.board.store.rows_after(FEEDS["incidents"])
    assert len(rows) == 2 and set(rows["id"]) == {KOBO["_uuid"]}


ODK = {
    "__id": "uuid:3c142a0d-37b9-4d37-baf0-e58876428181",
    "laporan": {"waktu": "2024-11-27T08:00:00.000+07:00", "kecamatan": "Kandis", "jenis": "banjir"},
    "meta": {"instanceID": "uuid:3c142a0d-37b9-4d37-baf0-e58876428181", "instanceName": None},
    "__system": {"submissionDate": "2024-11-27T01:05:00.000Z", "submitterName": "kandis",
                 "reviewState": None, "attachmentsPresent": 0},
}  # fmt: skip


@pytest.mark.parametrize("profile", ["", "?profile=odk-central"])
def test_a_submission_of_odk_with_groups_inside_is_one_row_and_corrected_by_its_id(
    asking: Asking, profile: str
) -> None:
    key = asking.key("odk", feeds=("incidents",))
    for expected in ([1, 1, 0, 0], [1, 0, 1, 0]):
        answer = asking.post(FILES + profile, ODK, key)
        assert answer.status_code == 200, answer.text
        assert counts(answer) == expected, answer.text
    edited = {**ODK, "laporan": {**ODK["laporan"], "jenis": "kebakaran"}}  # type: ignore[dict-item]
    assert counts(asking.post(FILES + profile, edited, key)) == [1, 1, 0, 0]
    rows = asking.board.store.rows_after(FEEDS["incidents"])
    assert set(rows["id"]) == {ODK["__id"]}
    assert rows["occurred_at"].dt.hour.tolist() == [1, 1]


def test_a_profile_can_be_named_and_must_be_there(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    assert asking.post(f"{FILES}?profile=kobotoolbox", KOBO, key).status_code == 200
    answer = asking.post(f"{FILES}?profile=pager", KOBO, key)
    assert answer.status_code == 422 and "kobotoolbox" in answer.json()["detail"]


def test_an_address_of_a_feed_reads_a_submission_by_its_profile_too(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    address = "/api/v1/incidents?profile=kobotoolbox"
    for expected in ([1, 1, 0, 0], [1, 0, 1, 0]):
        assert counts(asking.post(address, KOBO, key)) == expected
    assert asking.post("/api/v1/incidents?profile=pager", KOBO, key).status_code == 422
    assert asking.post("/api/v1/incidents?kec=16.10.13", KOBO, key).status_code == 422


def test_a_file_that_is_not_recognised_waits_and_its_address_is_told(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",))
    body = ("alfa,beta,gama\n" + "".join(f"{n},x,aman\n" for n in range(6))).encode()
    answer = send(asking, key, "asing.csv", body)
    assert (answer.status_code, counts(answer)) == (202, [0, 0, 0, 0])
    jsonschema.validate(answer.json(), schemas.file_result_schema())
    state = asking.get(answer.headers["location"], key).json()
    assert (state["source"], state["rows"], state["state"]) == ("asing.csv", 6, "menunggu")
    trial = send(asking, key, "asing2.csv", body.replace(b"aman", b"ribut"), dry_run="ya")
    assert trial.status_code == 200 and "akan menunggu" in " ".join(trial.json()["notes"])
    assert asking.board.store.waiting_counts() == {"file": 1}


def test_an_exported_chat_goes_to_the_tray_and_every_message_is_counted(asking: Asking) -> None:
    key = asking.key(feeds=("tps", "incidents"))
    chat = (
        "27/11/24 08.40 - Budi menambahkan Anda\n"
        "27/11/24 08.50 - +62 812-1111-2222: TPS 2 Desa Miji Kec. Kandis hadir 61\n"
    )
    for new, known in ((1, 0), (0, 1)):
        answer = send(asking, key, "Chat WhatsApp.txt", chat.encode())
        assert (answer.status_code, counts(answer)) == (200, [0, 0, 0, 0])
        jsonschema.validate(answer.json(), schemas.file_result_schema())
        assert answer.json()["messages"] == {
            "read": 2, "waiting": new, "duplicate": known, "left_out": 1,
        }  # fmt: skip
    assert asking.board.store.waiting_counts() == {"message": 1}


def test_the_document_names_the_profiles_that_there_are(asking: Asking) -> None:
    document = asking.get("/api/v1/openapi.json", asking.key(read=True)).json()
    for path, name in (("kiriman", "kobotoolbox"), ("tps", "kobotoolbox"), ("pesan", "telegram")):
        parameters = document["paths"][f"/api/v1/{path}"]["post"]["parameters"]
        (profile,) = [one for one in parameters if one["name"] == "profile"]
        assert name in profile["schema"]["enum"]


def test_a_trial_says_what_would_happen_and_stores_nothing(asking: Asking) -> None:
    answer = send(asking, asking.key(feeds=("incidents",)), dry_run="ya")
    assert counts(answer) == [1, 1, 0, 0] and answer.json()["dry_run"] is True
    assert stored(asking) == 0 and asking.board.store.version() == 0


def test_who_may_not_write_a_feed_writes_nothing(asking: Asking) -> None:
    assert send(asking, {}).status_code == 401
    assert send(asking, asking.key("baca", read=True)).status_code == 403
    assert send(asking, asking.key("pesan", messages=True)).status_code == 403
    other = asking.key("tps", feeds=("tps",))
    refused = send(asking, other)
    assert refused.status_code == 422 and "tidak boleh dikirim" in refused.json()["detail"]
    assert send(asking, other, feed="incidents").status_code == 403
    assert asking.board.store.version() == 0


def test_rows_outside_the_area_of_the_key_wait_in_quarantine(asking: Asking) -> None:
    key = asking.key(feeds=("incidents",), area=("16.10.05",))
    assert counts(send(asking, key)) == [1, 0, 0, 1]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.csv", "..\\..\\a.csv", "/etc/a.csv", "a\x00b.csv", "x" * 400 + ".csv",
     "con.csv", ".csv", "=cmd.csv", "a\r\nb.csv", "é😀.csv"],
)  # fmt: skip
def test_the_name_of_a_file_is_only_a_name_and_no_copy_stays(
    asking: Asking, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sementara"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    answer = send(asking, asking.key(feeds=("incidents",)), name)
    assert answer.status_code == 200, answer.text
    path = answer.json()["path"]
    assert "/" not in path and "\\" not in path and "\x00" not in path and len(path) <= 75
    assert list(folder.iterdir()) == []


def form(*parts: bytes, end: bytes = b"--x--\r\n") -> bytes:
    return b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + end


def part(name: str, body: bytes = TABLE, file: str | None = "a.csv") -> bytes:
    ending = f'; filename="{file}"' if file is not None else ""
    return f'Content-Disposition: form-data; name="{name}"{ending}\r\n\r\n'.encode() + body


BROKEN = {
    "two files": form(part("berkas"), part("berkas")),
    "two fields of a name": form(part("berkas"), part("feed", b"tps", None),
                                 part("feed", b"tps", None)),
    "another field": form(part("berkas"), part("sandi", b"x", None)),
    "a text in place of the file": form(part("berkas", TABLE, None)),
    "no part": b"--x--\r\n",
    "nothing": b"",
    "cut off": form(part("berkas"), end=b""),
    "no name": form(b"Content-Disposition: form-data\r\n\r\nx"),
    "a header of a megabyte": form(b"X: " + b"a" * 1_000_000 + b"\r\n\r\nx"),
    "a thousand headers": form(b"".join(b"X%d: a\r\n" % n for n in range(1000)) + b"\r\nx"),
    "an option of a megabyte": form(part("berkas"), part("feed", b"a" * 1_000_000, None)),
    "no such feed": form(part("berkas"), part("feed", b"suara", None)),
    "neither yes nor no": form(part("berkas"), part("dry_run", b"mungkin", None)),
    "ten thousand parts": form(part("berkas"), *[part(f"f{n}", b"", None) for n in range(10_000)]),
    "a picture": form(part("berkas", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "a.png")),
    "no workbook": form(part("berkas", b"PK\x03\x04" + b"\0" * 1000, "a.xlsx")),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_form_is_refused_in_one_sentence(asking: Asking, name: str) -> None:
    key, before = asking.key(feeds=("incidents",)), time.process_time()
    answer = asking.post(FILES, BROKEN[name], key, "multipart/form-data; boundary=x")
    assert time.process_time() - before < 20
    assert answer.status_code == 422, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    detail = answer.json()["detail"]
    assert detail.endswith((".", "paslon")) or "judul" in detail
    assert len(detail) < 400 and "/tmp" not in answer.text and "Traceback" not in answer.text
    assert asking.board.store.version() == 0


def test_a_form_without_its_boundary_or_a_body_that_is_compressed_is_refused(
    asking: Asking,
) -> None:
    key = asking.key(feeds=("incidents",))
    for kind in ("multipart/form-data", f"multipart/form-data; boundary={'x' * 5000}"):
        assert asking.post(FILES, BROKEN["two files"], key, kind).status_code == 422
    for path in (FILES, "/api/v1/incidents"):
        packed = {**key, "content-encoding": "gzip"}
        assert asking.post(path, TABLE, packed, "text/csv").status_code == 415
    for kind in ("text/html", "image/png"):
        assert asking.post(FILES, b"x", key, kind).status_code == 415


def test_a_workbook_that_unfolds_is_refused_before_it_takes_the_memory(asking: Asking) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(400):
                sheet.write(b"<c><v>0</v></c> " * 65_536)
    before = time.process_time()
    answer = send(asking, asking.key(feeds=("incidents",)), "a.xlsx", file.getvalue())
    assert answer.status_code == 422, answer.text
    assert time.process_time() - before < 20


@pytest.mark.parametrize("as_form", [True, False])
def test_a_file_beyond_the_limit_is_not_taken_and_the_size_is_told(
    asking_with: Callable[[Limits], Asking], as_form: bool
) -> None:
    asking = asking_with(Limits(upload_bytes=3 << 20, max_upload_rows=3))
    key = asking.key(feeds=("incidents",))
    big = TABLE + b"#" * (5 << 20)
    answer = send(asking, key, body=big) if as_form else asking.post(FILES, big, key, "text/csv")
    assert answer.status_code == 413 and "paling besar 3 MB" in answer.json()["detail"]
    rows = TABLE + b"27/11/2024 08.00;Kandis;banjir\n" * 3
    answer = send(asking, key, body=rows)
    assert answer.status_code == 422 and "lebih dari 3 baris" in answer.json()["detail"]
    assert counts(send(asking, key)) == [1, 1, 0, 0]


def test_so_many_new_rows_in_an_hour_and_no_more(asking_with: Callable[[Limits], Asking]) -> None:
    asking = asking_with(Limits(new_rows_per_hour=1))
    key = asking.key(feeds=("incidents",))
    assert send(asking, key).status_code == 200
    answer = send(asking, key, body=TABLE.replace(b"banjir", b"kebakaran"))
    assert answer.status_code == 429 and "retry-after" in answer.headers


def test_no_more_files_arrive_at_once_than_are_allowed(
    asking_with: Callable[[Limits], Asking],
) -> None:
    answer = send(asking_with(Limits(max_uploads=0)), {}, "a.csv")
    assert answer.status_code == 401
    asking = asking_with(Limits(max_uploads=0))
    assert send(asking, asking.key(feeds=("incidents",))).status_code == 503


@pytest.mark.parametrize(
    "body",
    [b'{"a":' * 100_000, b"[" * 1_000_000, b'{"waktu": NaN, "jenis": Infinity}', b"null", b"{}",
     b'[{"waktu":"27/11/2024","jenis":"\\ud800"}]'],
)  # fmt: skip
def test_a_hostile_submission_is_refused_or_counted(asking: Asking, body: bytes) -> None:
    answer = asking.post(FILES, body, asking.key(feeds=("incidents",)), "application/json")
    assert answer.status_code in {200, 422}, answer.text
    if answer.status_code == 200:
        read, *others = counts(answer)
        assert read == sum(others)
    assert stored(asking) == 0


def test_a_list_of_submissions_is_read_row_by_row(asking: Asking) -> None:
    rows = [incident(), incident(jenis="??")]
    assert counts(asking.post(FILES, rows, asking.key(feeds=("incidents",)))) == [2, 1, 0, 1]
