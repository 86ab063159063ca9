"""Uploaded files that wait in memory have bounds, which are known before a body is read."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from starlette.types import Message

from situasi.server.auth.websocket import UPLOAD_PREFIX
from situasi.server.upload_quota import MAX_BYTES_PER_OWNER, QuotaExceeded, UploadQuota
from tests.browser.serving import PATIENCE, Server
from tests.server.doors import Knocker, run, served_with

pytestmark = pytest.mark.xdist_group(__name__)
KB = 1024
LARGEST = 500 * KB


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    served = served_with(
        tmp_path_factory.mktemp("unggah"),
        *((name, "operator") for name in ("wati", "budi", "siti")),
    )
    yield served
    served.stop()


@pytest.fixture
def open_pages() -> Iterator[ExitStack]:
    with ExitStack() as pages:
        yield pages


class Sender:
    """Somebody signed in, with a page."""

    def __init__(self, server: Server, name: str, open_pages: ExitStack) -> None:
        self.knocker = Knocker(server)
        self.knocker.sign_in(name)
        self.knocker.ask("/_stcore/health")  # gives Streamlit's own token
        self.script = run(open_pages.enter_context(self.knocker.talk()))

    def path(self, file: str = "") -> str:
        return f"{UPLOAD_PREFIX}{self.script}/{file or uuid4()}"

    def _headers(self, size: int) -> dict[str, str]:
        return {
            **self.knocker._cookie(),
            "X-Xsrftoken": self.knocker.jar["_streamlit_xsrf"],
            "Content-Type": "multipart/form-data; boundary=batas",
            "Content-Length": str(size),
        }

    def only_says(self, size: int) -> tuple[int, str]:
        """The answer to a file of which not one byte is sent."""
        line = http.client.HTTPConnection("127.0.0.1", self.knocker.server.port, timeout=PATIENCE)
        line.putrequest("PUT", self.path())
        for name, value in self._headers(size).items():
            line.putheader(name, value)
        line.endheaders()
        answer = line.getresponse()
        found = answer.status, answer.read().decode()
        line.close()
        return found

    def brings(self, size: int, file: str = "") -> int:
        head = b'--batas\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
        body = head + b"x" * size + b"\r\n--batas--\r\n"
        headers = {n.replace("-", "_"): v for n, v in self._headers(len(body)).items()}
        return self.knocker.ask(self.path(file), "PUT", body, **headers).status

    def removes(self, file: str) -> int:
        headers = {"X_Xsrftoken": self.knocker.jar["_streamlit_xsrf"]}
        return self.knocker.ask(self.path(file), "DELETE", **headers).status


def test_what_waits_has_a_bound_for_each_viewer_whatever_the_browser_says_of_it(
    server: Server, open_pages: ExitStack
) -> None:
    wati, budi = Sender(server, "wati", open_pages), Sender(server, "budi", open_pages)
    each = MAX_BYTES_PER_OWNER // 2 - KB
    assert [wati.brings(each, file) for file in ("satu", "dua")] == [204, 204]
    assert wati.only_says(64 * KB * KB) == (
        429,
        "Berkas yang Anda unggah masih menunggu. Masukkan atau hapus dahulu, lalu unggah lagi.",
    )
    another = Sender(server, "wati", open_pages)  # of the same account, on another page
    assert another.only_says(200 * KB)[0] == 429
    assert budi.brings(200 * KB) == 204
    assert wati.removes("satu") == 204  # but its page may hold it still
    assert another.only_says(200 * KB)[0] == 429


def test_a_page_that_was_left_gives_its_room_to_the_next(
    server: Server, open_pages: ExitStack
) -> None:
    with ExitStack() as left:
        before = Sender(server, "siti", left)
        each = MAX_BYTES_PER_OWNER // 2 - KB
        assert [before.brings(each, file) for file in ("satu", "dua")] == [204, 204]
        now = Sender(server, "siti", open_pages)
        assert now.only_says(200 * KB)[0] == 429  # both pages are open
    deadline = time.monotonic() + PATIENCE
    while now.brings(200 * KB) != 204:
        assert time.monotonic() < deadline, "the page that is gone keeps its room"


class Kept:
    """What Streamlit is said to keep."""

    def __init__(self) -> None:
        self.files: set[tuple[str, str]] = set()
        self.parked: set[str] = set()

    def end(self, session: str) -> None:
        """End a session that was left, as far as it is one."""
        if session in self.parked:
            self.files = {one for one in self.files if one[0] != session}

    def __call__(self, session: str, file: str) -> bool:
        return (session, file) in self.files


def asked(file: str, size: int | None, session: str = "s") -> dict[str, Any]:
    headers = [] if size is None else [(b"content-length", str(size).encode())]
    return {"type": "http", "path": f"{UPLOAD_PREFIX}{session}/{file}", "headers": headers}


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def quota(kept: Kept) -> UploadQuota:
    return UploadQuota(kept, kept.end, max_bytes_per_owner=1000 * KB, max_total_bytes=1500 * KB)


def bring(
    quota: UploadQuota, kept: Kept, owner: str, file: str, size: int, session: str = "s"
) -> None:
    upload = quota.begin(owner, asked(file, size, session), LARGEST)
    upload.received_bytes = size
    kept.files.add((session, file))
    quota.end(upload)


def test_files_on_their_way_count_with_what_they_say_to_be(quota: UploadQuota) -> None:
    quota.begin("a", asked("1", 400 * KB), LARGEST)
    quota.begin("a", asked("2", None), LARGEST)  # says nothing: counts as the largest
    with pytest.raises(QuotaExceeded) as refused:
        quota.begin("a", asked("3", 200 * KB), LARGEST)
    assert not refused.value.of_all_viewers
    quota.begin("b", asked("4", 500 * KB), LARGEST)
    with pytest.raises(QuotaExceeded) as refused:
        quota.begin("c", asked("5", 200 * KB), LARGEST)
    assert refused.value.of_all_viewers


def test_a_file_that_did_not_arrive_leaves_nothing(quota: UploadQuota) -> None:
    for number in range(50):
        quota.end(quota.begin("a", asked(str(number), 500 * KB), LARGEST))
    quota.begin("a", asked("x", 500 * KB), LARGEST)


def test_a_file_counts_until_it_is_forgotten_and_then_no_more(
    quota: UploadQuota, kept: Kept
) -> None:
    for file in ("1", "2"):
        bring(quota, kept, "a", file, 500 * KB)
    with pytest.raises(QuotaExceeded):
        quota.begin("a", asked("3", KB), LARGEST)
    kept.files.discard(("s", "1"))
    bring(quota, kept, "a", "3", 300 * KB)


def test_where_there_is_no_room_pages_that_were_left_give_theirs_the_oldest_first(
    quota: UploadQuota, kept: Kept
) -> None:
    for session, file in (("a1", "1"), ("a2", "2")):
        bring(quota, kept, "a", file, 500 * KB, session)
    with pytest.raises(QuotaExceeded):
        bring(quota, kept, "a", "3", 300 * KB, "a3")
    kept.parked = {"a1", "a2"}
    bring(quota, kept, "a", "3", 300 * KB, "a3")
    assert kept.files == {("a2", "2"), ("a3", "3")}
    bring(quota, kept, "b", "4", 500 * KB, "b1")
    bring(quota, kept, "c", "5", 500 * KB, "c1")  # there is no more room in all
    assert ("a2", "2") not in kept.files and ("b1", "4") in kept.files


def test_nobody_ends_the_pages_of_others_for_want_of_room_of_their_own(
    quota: UploadQuota, kept: Kept
) -> None:
    bring(quota, kept, "b", "1", 400 * KB, "b1")
    bring(quota, kept, "a", "2", 900 * KB, "a1")
    kept.parked = {"b1"}
    with pytest.raises(QuotaExceeded):
        quota.begin("a", asked("3", 200 * KB), LARGEST)
    assert ("b1", "1") in kept.files


def test_thousands_of_tiny_files_are_not_free(quota: UploadQuota, kept: Kept) -> None:
    with pytest.raises(QuotaExceeded):
        for number in range(1000):
            bring(quota, kept, "a", str(number), 1)
    assert len(kept.files) < 20


def test_thousands_of_tiny_files_on_their_way_are_not_free_either(quota: UploadQuota) -> None:
    with pytest.raises(QuotaExceeded):
        for number in range(20):
            quota.begin("a", asked(str(number), 1), LARGEST)


def test_a_file_that_came_counts_as_what_came_and_not_as_what_was_said(
    quota: UploadQuota, kept: Kept
) -> None:
    for file in ("1", "2"):
        upload = quota.begin("a", asked(file, None), LARGEST)
        upload.received_bytes = 100 * KB
        kept.files.add(("s", file))
        quota.end(upload)
    quota.begin("a", asked("3", 500 * KB), LARGEST)
    with pytest.raises(QuotaExceeded):
        quota.begin("a", asked("4", 400 * KB), LARGEST)


def test_what_is_counted_is_what_came(quota: UploadQuota) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * 700, "more_body": False}

    upload = quota.begin("a", asked("1", None), LARGEST)
    asyncio.run(upload.count_body(receive)())  # type: ignore[arg-type]
    assert upload.received_bytes == 700
