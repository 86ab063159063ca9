"""People of several roles before one board at the same time: to each their own, and no more."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from situasi.access import guest_links
from situasi.access.roles import ROLES, SCREENS
from situasi.access.roles import Viewer as Looker
from situasi.domain.labels import label
from situasi.domain.register import Register
from tests.briefing import numbers_of_card
from tests.browser.conftest import Look
from tests.browser.serving import Server, mark_as_opened, until
from tests.browser.test_signing_in import enter
from tests.browser.viewing import Viewer
from tests.server.doors import SECRET, admit, store_of, trail

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]

PEMULUTAN, INDRALAYA = "16.10.05", "16.10.04"
OURS, THEIRS, CASE = "Kotak Pemulutan basah", "Tenda Indralaya roboh", "Pose jari di warung"
INCIDENTS = (
    "id,waktu,kode_kecamatan,jenis,tingkat,uraian\n"
    f"K-1,2024-11-27 08:00,{PEMULUTAN},logistik,rendah,{OURS}\n"
    f"K-2,2024-11-27 08:00,{INDRALAYA},bencana,tinggi,{THEIRS}\n"
)
NEUTRALITY = (
    "id,waktu,kode_kecamatan,pelanggaran,langkah,satuan,uraian\n"
    f"N-1,2024-11-27 08:00,{INDRALAYA},N07,informasi,Polsek Indralaya,{CASE}\n"
)
# What of a page can be read on it and nowhere else.
OF_PAGE = {
    "netralitas": ("N07", CASE, "Ada kasus terbuka"),
    "masukan": ("Unggah berkas laporan", "incidents.csv"),
    "lapor": ("Dilaporkan untuk",),
    "personel": ("TPS tanpa petugas",),
    "pergeseran": ("Petugas yang diperlukan", "Belum ada rencana yang disetujui"),
    "tautan": ("Belum ada tautan tamu",),
    "latihan": ("Belum ada skenario yang dimulai",),
    "kesiapan": ("langkah siap",),
    "akun": ("Buat akun", "Riwayat akun"),
}


@dataclass(frozen=True)
class Person:
    """Somebody who comes with an account."""

    name: str
    role: str
    area: tuple[str, ...] = ()
    foot: str = ""

    @property
    def pages(self) -> list[str]:
        """What is theirs, in the order of the menu's words."""
        return sorted(label("screen", name) for name in SCREENS if ROLES[self.role].may_see(name))

    @property
    def others(self) -> list[str]:
        """One that is not theirs, if they have an area; for test_intruder.py all ask for all."""
        foreign = [name for name in OF_PAGE if not ROLES[self.role].may_see(name)]
        return foreign[:1] if self.area else []

    def invited(self, server: Server) -> None:
        """What has to be before the server starts."""
        admit(server, self.name, self.role, self.area)

    def come(self, server: Server, look: Look) -> Viewer:
        """Before the board, in a browser of their own, by a page that is not theirs, if any."""
        page = next(iter(self.others), "situasi")
        viewer = look(server, f"{page}?rentang=semua", at_the_door=True)
        enter(viewer.page, self.name)
        viewer.drawn()
        return viewer


@dataclass(frozen=True)
class Guest(Person):
    """Somebody who was given a link to Situasi, filtered for their kecamatan."""

    address: str = ""

    @property
    def pages(self) -> list[str]:
        return [label("screen", "situasi")]

    @property
    def others(self) -> list[str]:
        return list(OF_PAGE)[1:2]

    def come(self, server: Server, look: Look) -> Viewer:
        viewer = look(server, self.address, at_the_door=True)
        _sees_the_wall_of_their_own_first(viewer)
        viewer.page.keyboard.press("b")  # the full board
        viewer.settled()
        viewer.open(self.others[0])
        viewer.drawn()
        return viewer


def _sees_the_wall_of_their_own_first(guest: Viewer) -> None:
    page = guest.page
    page.wait_for_selector("body:not(.waiting)")
    assert page.url.startswith(f"{guest.address}/layar?")
    page.locator("#newest", has_text=OURS).wait_for(state="attached")  # not every form shows it
    for words in (THEIRS, CASE):
        assert words not in page.content()


def guest_of(server: Server, register: Register) -> Guest:
    """By a link of the analyst."""
    store, query = store_of(server), (("rentang", "semua"), ("kec", PEMULUTAN))
    link = guest_links.create(
        store, register, Looker(ANALYST.name, ROLES[ANALYST.role]), "situasi", query, "KPU",
        timedelta(hours=1), datetime.now(UTC),
    )  # fmt: skip
    store.close()
    token = guest_links.PATH_PREFIX.removeprefix("/") + guest_links.build_token(link, SECRET)
    return Guest(f"tamu {link.scope.id}", "tamu", (PEMULUTAN,), "Tamu", token)


OPERATOR = Person("budi", "operator", (PEMULUTAN,), "budi\noperator · Pemulutan\nKeluar")
ANALYST = Person("wati", "analis", foot="wati\nanalis\nKeluar")
PROPAM = Person("siti", "propam", foot="siti\nPropam\nKeluar")
EVERYBODY = (OPERATOR, ANALYST, PROPAM)


@pytest.fixture(scope="module")
def shared(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all of them, with an incident here, one there, and a case of neutrality."""
    folder = tmp_path_factory.mktemp("shared")
    server = Server(folder, {"SITUASI_REHEARSAL": "no", "SITUASI_SECRET": SECRET})
    mark_as_opened(server)
    for person in EVERYBODY:
        person.invited(server)
    server.deliver("incidents.csv", INCIDENTS)
    server.deliver("neutrality.csv", NEUTRALITY)
    server.start()
    yield server
    server.stop()


def menu(viewer: Viewer) -> list[str]:
    return sorted(viewer.page.locator("[data-testid=stSidebarNavLink]").all_inner_texts())


def told(server: Server, action: str) -> list[tuple[str, dict[str, object]]]:
    return [(who, detail) for did, who, detail in trail(server) if did == action]


def test_each_sees_their_own_pages_and_rows_and_nothing_of_the_others(
    shared: Server, look: Look, register: Register, tmp_path: Path
) -> None:
    everybody = (*EVERYBODY, guest_of(shared, register))
    here = {person: person.come(shared, look) for person in everybody}
    for person, viewer in here.items():
        # A menu of one page is none.
        assert menu(viewer) == (person.pages if len(person.pages) > 1 else [])
        assert viewer.page.locator(".si-who").inner_text() == person.foot
        texts = {text for *_, text in viewer.reports()}
        assert texts == ({OURS} if person.area else {OURS, THEIRS})
    for person, viewer in here.items():
        for page in person.others:  # by which they came
            assert viewer.page.locator(".si-head h1").inner_text() == "Situasi"
            for words in OF_PAGE[page]:
                assert words not in viewer.page.content(), (person.name, page)
        # A page that is not theirs is no page at all, the console is told in our words.
        assert {said.partition(",")[0] for said in viewer.watch.complaints} <= {
            "Alamat ini bukan halaman papan"
        }
        viewer.watch.complaints.clear()
    _reads_nothing_of_neutrality(here[ANALYST])
    propam = here[PROPAM]
    propam.turn(label("screen", "netralitas"))
    assert "Ada kasus terbuka" in propam.words()
    assert numbers_of_card(propam, "Kasus terbuka") == [1, 1]
    for viewer in here.values():
        assert viewer.failures() == []
    _takes_along_their_own(here[OPERATOR], tmp_path)
    _is_told(shared, everybody)


def _reads_nothing_of_neutrality(analyst: Viewer) -> None:
    """Nor on the page that tells of deliveries; tests/access/test_roles.py tells of the others."""
    analyst.turn(label("screen", "masukan"))
    for words in OF_PAGE["netralitas"]:
        assert words not in analyst.page.content()


def _takes_along_their_own(operator: Viewer, folder: Path) -> None:
    operator.open(f"kejadian?rentang=semua&kec={INDRALAYA}")
    assert THEIRS not in operator.page.content()
    operator.page.locator(".st-key-baris_terbuka button").first.click()
    opened = operator.page.locator("[data-testid=stPopoverBody]")
    opened.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    operator.settled()
    with operator.page.expect_download() as waiting:
        opened.get_by_role("button", name="CSV", exact=True).click()
    file = folder / "rows.csv"
    waiting.value.save_as(file)
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [row["kecamatan"] for row in rows] == ["Pemulutan"]


def _is_told(server: Server, everybody: tuple[Person, ...]) -> None:
    """Who saw neutrality, who asked in vain, and who took what along."""
    until(lambda: bool(told(server, "export")), "nobody told of the download")
    assert told(server, "saw") == [("siti", {"feed": "neutrality", "page": "netralitas"})]
    ((who, what),) = told(server, "export")
    assert (who, what["rows"], what["form"]) == ("budi", 1, "csv")
    in_vain = sorted((who, str(what["page"])) for who, what in told(server, "refused"))
    assert in_vain == sorted((p.name, page) for p in everybody for page in p.others)
    listed = server.command("audit", "list", "--action", "saw")
    assert "siti" in listed and "feed: neutrality, page: netralitas" in listed
    assert "Jejak utuh" in server.command("audit", "verify")
