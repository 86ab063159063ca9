"""A board at one's own desk: open there without sign-in, nowhere else, until an account."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing as sqlite_closing
from pathlib import Path

import pytest

from situasi.server.auth.request_info import is_loopback_address
from situasi.server.auth.websocket import CLOSE_SESSION_ENDED
from situasi.store import Scope, open_store
from tests.browser.serving import Server, mark_as_opened, until
from tests.builders_election import invented_election, kecamatan_codes, write_squares
from tests.conftest import NOON
from tests.server.doors import (
    PASSWORD,
    SECRET,
    Knocker,
    admit,
    change,
    closing,
    refuses,
    run,
    starts,
)

pytestmark = pytest.mark.xdist_group(__name__)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as a newcomer starts it, without accounts and without a secret."""
    server = Server(tmp_path_factory.mktemp("desk"), {"SITUASI_REHEARSAL": "no"})
    mark_as_opened(server)
    server.start()
    yield server
    server.stop()


def test_without_accounts_the_board_is_open_at_its_own_machine(desk: Server) -> None:
    for host in (f"127.0.0.1:{desk.port}", f"localhost:{desk.port}", "[::1]", "LOCALHOST"):
        assert Knocker(desk).page("/", host=host).status == 200, host
    assert Knocker(desk).page("/masuk?ke=/tps").to == "/tps"
    assert Knocker(desk).page("/keluar").to == "/"
    with Knocker(desk).talk() as socket:
        assert run(socket)


@pytest.mark.parametrize(
    "name",
    ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "x_forwarded_for",
     "X-Forwarded-Whatever", "X-Real-IP", "Via", "X-Original-Host", "True-Client-IP"],
)  # fmt: skip
def test_a_proxy_in_front_does_not_open_it_by_accident(desk: Server, name: str) -> None:
    passed_on = Knocker(desk, {name: "127.0.0.1"})
    for path in ("/", "/api/v1/situation", "/_stcore/health"):
        answer = passed_on.page(path)
        assert answer.status == 403
        assert answer.body.startswith("Papan tanpa akun hanya terbuka di komputer ini sendiri")
    assert passed_on.refused() == 403


@pytest.mark.parametrize("host", ["papan.polres", "10.0.0.7", "127.0.0.1.evil.example", "127.1"])
def test_by_another_name_it_does_not_answer(desk: Server, host: str) -> None:
    assert Knocker(desk).page("/", host=host).status == 400
    socket = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec_websocket_version": "13",
        "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert Knocker(desk).ask("/_stcore/stream", host=host, **socket).status == 403


def test_a_page_of_another_site_gets_nothing_of_an_open_board(desk: Server) -> None:
    assert Knocker(desk).refused(Origin="http://evil.example") == 403
    answer = Knocker(desk).ask("/api/v1/incidents", "POST", b"{}", origin="http://evil.example")
    assert answer.status == 403


def test_with_the_first_account_everyone_must_sign_in_at_once(tmp_path: Path) -> None:
    desk = Server(tmp_path, {"SITUASI_REHEARSAL": "no"})
    mark_as_opened(desk)
    desk.start()
    try:
        with Knocker(desk).talk() as socket:
            script = run(socket)
            admit(desk, "wati")
            assert closing(socket)[0] == CLOSE_SESSION_ENDED
        assert Knocker(desk).ask("/").status == 401
        assert Knocker(desk).page("/tps").to == "/masuk?ke=/tps"
        wati = Knocker(desk)
        assert wati.sign_in("wati").to == "/"
        with wati.talk(script) as socket:
            assert run(socket) != script  # that of the open board is nobody's
        kept = desk.folder / "live" / "secret"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        desk.restart()
        assert wati.ask("/").status == 200
        # Not even a closed account opens the board again.
        desk.command("user", "disable", "wati")
        until(lambda: wati.ask("/").status == 401, "the account is not closed")
        desk.restart()
        assert Knocker(desk).ask("/").status == 401
    finally:
        desk.stop()


def test_the_server_refuses_to_stand_open_to_others(tmp_path: Path) -> None:
    said = starts(tmp_path, "--server.address", "0.0.0.0")
    assert said.returncode == 2
    assert "Situasi tidak dimulai" in said.stderr
    assert "SITUASI_SECRET" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("address", ["::", "", None])
def test_whatever_is_not_this_machine_alone_is_open_to_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str | None
) -> None:
    status, said = refuses(tmp_path, capsys, address)
    assert status == 2
    assert said.startswith("Situasi tidak dimulai") and "SITUASI_SECRET" in said


def test_a_secret_must_be_long_and_an_account_enabled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = refuses(tmp_path, capsys, "0.0.0.0", SITUASI_SECRET="x" * 31)
    assert status == 2
    assert "SITUASI_SECRET terlalu pendek" in said
    status, said = refuses(tmp_path, capsys, "0.0.0.0", SITUASI_SECRET=SECRET)
    assert status == 2
    assert "akun yang aktif" in said
    assert SECRET not in said
    closed = Server(tmp_path)
    admit(closed, "wati")
    change(closed, "wati", enabled=False)
    status, said = refuses(tmp_path, capsys, "0.0.0.0", SITUASI_SECRET=SECRET)
    assert status == 2
    assert "akun yang aktif" in said


def test_with_secret_and_account_it_serves_every_address_and_asks_to_sign_in(
    tmp_path: Path,
) -> None:
    server = Server(
        tmp_path,
        {
            "SITUASI_REHEARSAL": "no",
            "SITUASI_SECRET": SECRET,
            "SITUASI_HOSTS": "papan.polres, 10.0.0.7",
            "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
        },
    )
    admit(server, "wati")
    server.start()
    try:
        assert Knocker(server).ask("/").status == 401
        wati = Knocker(server)
        assert wati.sign_in("wati", host="papan.polres").status == 303
        for host in ("papan.polres:8501", "10.0.0.7", "localhost"):
            assert wati.ask("/", host=host).status == 200
        assert wati.ask("/", host="lain.polres").status == 400
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("address", "alone"),
    [("127.0.0.1", True), ("127.0.0.9", True), ("::1", True), ("[::1]", True), ("localhost", True),
     (None, False), ("", False), ("0.0.0.0", False), ("::", False), ("192.168.1.4", False),
     ("papan.polres", False), ("localhost.evil.example", False)],
)  # fmt: skip
def test_only_loopback_is_this_machine_alone(address: str | None, alone: bool) -> None:
    assert is_loopback_address(address) is alone


def test_a_wrong_setting_ends_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for setting in ({"SITUASI_ROLE": "kaisar"}, {"SITUASI_PROXY": "semua"},
                    {"SITUASI_IDLE_MIN": "lama"}):  # fmt: skip
        status, said = refuses(tmp_path, capsys, **setting)
        assert status in {1, 2}
        (sentence,) = said.splitlines()
        assert sentence.startswith("Situasi tidak dimulai: ")


def test_the_password_is_not_kept_anywhere(tmp_path: Path) -> None:
    server = Server(tmp_path)
    admit(server, "wati")
    for file in (tmp_path / "live").iterdir():
        assert PASSWORD.encode() not in file.read_bytes()


def _without_zone(folder: Path) -> dict[str, str]:
    election = invented_election(folder / "negeri", 2)
    file = election / "election.toml"
    file.write_text(file.read_text("utf-8").replace("zone_label = ", "zona_label = "), "utf-8")
    return {"SITUASI_ELECTION": str(election)}


def _without_folder(folder: Path) -> dict[str, str]:
    return {"SITUASI_ELECTION": str(folder / "salah-eja")}


def _without_a_kecamatan(folder: Path) -> dict[str, str]:
    election = invented_election(folder / "negeri", 3)
    write_squares(election / "geo" / "kecamatan.geojson", kecamatan_codes(2))
    return {"SITUASI_ELECTION": str(election)}


def _with_a_wrong_port(_folder: Path) -> dict[str, str]:
    return {"SITUASI_STORE": "postgresql+psycopg://situasi:rahasia9sekali@127.0.0.1:satu/situasi"}


def _with_a_wrong_duration(_folder: Path) -> dict[str, str]:
    return {"SITUASI_IDLE_MIN": "setengah jam"}


def _of_another_election(folder: Path) -> dict[str, str]:
    other = f"sqlite:///{(folder / 'lain.db').as_posix()}"
    open_store(other, Scope("pilkada-2024", "16.02")).close()
    return {"SITUASI_STORE": other}


def _with_broken_accounts(folder: Path) -> dict[str, str]:
    path = folder / "rusak.db"
    store = open_store(f"sqlite:///{path.as_posix()}", Scope("pilkada-2024", "16.10"))
    store.put_record("account", "wati", {"role": "analis"}, NOON, "uji")
    store.close()
    with sqlite_closing(sqlite3.connect(path)) as line:
        (root,) = line.execute("SELECT rootpage FROM sqlite_master WHERE name='access'").fetchone()
        (size,) = line.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size + 100)
        file.write(bytes(range(7, 249)) * ((size - 100) // 242))
    return {"SITUASI_STORE": f"sqlite:///{path.as_posix()}"}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (_without_folder, ("election.toml tidak ada", "SITUASI_ELECTION")),
        (_without_a_kecamatan, ("tidak memuat kecamatan 99.01.03", "geo import")),
        (_with_a_wrong_port, ("port bukan angka", "SITUASI_STORE")),
        (_with_a_wrong_duration, ("SITUASI_IDLE_MIN=setengah jam", "Perbaiki")),
        (_of_another_election, ("memuat pilkada-2024 16.02", "SITUASI_ELECTION")),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    broken: Callable[[Path], dict[str, str]],
    told: tuple[str, ...],
) -> None:
    status, said = refuses(tmp_path, capsys, **broken(tmp_path))
    assert status == 1
    (sentence,) = said.splitlines()
    assert sentence.startswith("Situasi tidak dimulai: ")
    assert all(part in sentence for part in told)
    assert "rahasia9sekali" not in said


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (_without_zone, ("election.toml", "'zona_label' tidak dikenal", "Perbaiki")),
        (_with_broken_accounts, ("rusak", "pulihkan dari cadangan")),
    ],
)
def test_the_process_says_no_more_than_that_and_ends_with_one(
    tmp_path: Path, broken: Callable[[Path], dict[str, str]], told: tuple[str, ...]
) -> None:
    said = starts(tmp_path, **broken(tmp_path))
    assert said.returncode == 1
    (sentence,) = [line for line in said.stderr.splitlines() if line.strip()]
    assert sentence.startswith("Situasi tidak dimulai: ")
    assert all(part in sentence for part in told)
