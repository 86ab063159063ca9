"""Before the server listens: a provider is told of wholly and safely, or nothing starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.domain.settings import load
from tests.browser.serving import Server
from tests.server.doors import SECRET, Knocker, admit, change, refuses, served_with

pytestmark = pytest.mark.xdist_group(__name__)

TOLD = {
    "SITUASI_OIDC_ISSUER": "https://sso.polri.go.id/realms/polri",
    "SITUASI_OIDC_CLIENT": "situasi",
    "SITUASI_OIDC_SECRET": "rahasia klien",
}
EVERYWHERE = "0.0.0.0"


def test_without_a_word_of_it_there_is_no_provider() -> None:
    assert load({}).auth.oidc is None


def test_what_is_not_told_has_a_sensible_answer(tmp_path: Path) -> None:
    found = load({**TOLD, "SITUASI_OIDC_CA": str(tmp_path / "ca.pem")}).auth.oidc
    assert found is not None
    assert (found.name, found.claim, found.ca) == (
        "SSO",
        "preferred_username",
        tmp_path / "ca.pem",
    )
    assert "rahasia klien" not in repr(found)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SITUASI_OIDC_ISSUER": ""}, "SITUASI_OIDC_ISSUER kosong"),
        ({"SITUASI_OIDC_CLIENT": ""}, "SITUASI_OIDC_CLIENT kosong"),
        ({"SITUASI_OIDC_SECRET": " "}, "SITUASI_OIDC_SECRET kosong"),
        ({"SITUASI_OIDC_ISSUER": "http://sso.polri.go.id"}, "harus https"),
        ({"SITUASI_OIDC_ISSUER": "sso.polri.go.id"}, "harus https"),
        ({"SITUASI_OIDC_ISSUER": "https://a@sso.polri.go.id"}, "harus https"),
        ({"SITUASI_OIDC_ISSUER": "https://sso.polri.go.id/?x=1"}, "harus https"),
        ({"SITUASI_OIDC_ISSUER": "https://sso.polri.go.id/a|b"}, "harus https"),
        ({"SITUASI_OIDC_CA": "/tidak/ada.pem"}, "SITUASI_OIDC_CA"),
        ({"SITUASI_OIDC_CA": __file__}, "SITUASI_OIDC_CA"),
    ],
)
def test_half_a_provider_or_an_unsafe_one_does_not_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str], said: str
) -> None:
    status, told = refuses(tmp_path, capsys, **TOLD | changed)
    assert status == 2
    assert told.startswith("Situasi tidak dimulai")
    assert said in told
    assert "rahasia klien" not in told


def test_accounts_of_a_provider_count_where_there_is_that_provider(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = Server(tmp_path)
    admit(server, "wati", password=None)
    status, said = refuses(tmp_path, capsys, EVERYWHERE, SITUASI_SECRET=SECRET)
    assert status == 2
    assert "akun yang aktif" in said
    change(server, "wati", identity="https://sso.lama.example|17")
    status, said = refuses(tmp_path, capsys, EVERYWHERE, SITUASI_SECRET=SECRET, **TOLD)
    assert status == 2
    assert "akun yang aktif" in said


def test_with_accounts_of_its_provider_alone_a_board_serves_every_address(tmp_path: Path) -> None:
    told = TOLD | {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}
    server = Server(tmp_path, {"SITUASI_REHEARSAL": "no", "SITUASI_SECRET": SECRET, **told})
    admit(server, "wati", password=None)
    server.start()
    try:
        assert Knocker(server).ask("/").status == 401
        assert "Masuk lewat SSO" in Knocker(server).page("/masuk").body
    finally:
        server.stop()


def test_a_board_that_lost_its_provider_stays_closed(tmp_path: Path) -> None:
    server = Server(tmp_path, {"SITUASI_REHEARSAL": "no"})
    admit(server, "wati", password=None)
    server.start()
    try:
        assert Knocker(server).ask("/").status == 401
        form = Knocker(server).page("/masuk").body
        assert "oidc" not in form
        for path in ("/masuk/oidc", "/masuk/oidc/kembali?code=x&state=y"):
            assert Knocker(server).ask(path).status == 401
            assert Knocker(server).page(path).to.startswith("/masuk?ke=")
    finally:
        server.stop()


def test_a_board_with_a_provider_and_no_account_is_open_at_its_own_desk(tmp_path: Path) -> None:
    server = served_with(tmp_path, **TOLD)
    try:
        assert Knocker(server).page("/").status == 200
        assert Knocker(server).page("/masuk/oidc?ke=/tps").to == "/tps"
        assert Knocker(server).page("/masuk/oidc/kembali?code=x&state=y").to == "/"
        assert Knocker(server, {"Via": "x"}).page("/").status == 403
    finally:
        server.stop()
