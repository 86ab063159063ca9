"""The frozen copy: what the wall says, in one file that runs and loads nothing else."""

from __future__ import annotations

import asyncio
import html
import json
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from situasi.access.roles import ROLES, Viewer
from situasi.actions import acknowledgements
from situasi.analysis.incidents.cases import Selection
from situasi.board import Board
from situasi.common.formats import format_relative_time
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.server.wall import assets, frozen_copy, js_bundler
from situasi.server.wall import query as wall_query
from situasi.server.wall import state as wall_state
from situasi.server.wall.frozen_copy import FrozenCopy
from situasi.server.wall.service import WallService
from situasi.store.model import StoreError
from tests.builders import unbounded, wib
from tests.conftest import NOON
from tests.queries import compute_overview

CHIEF = Viewer("rina", ROLES["pimpinan"])
GUEST = Viewer("papan", ROLES["tamu"], is_local=True)
AT = wib("12.30")
SAAT = "saat=2024-11-27T12:30"
HEADINGS = "id,waktu,kode_kecamatan,jenis,tingkat,status,uraian,pelapor"
HOSTILE = "</script><img src=x onerror=document.title='jebol'><!--<script>"


def made(
    board: Board, query: str = SAAT, viewer: Viewer = CHIEF, at: datetime | None = None
) -> FrozenCopy:
    """The copy, made five seconds after the moment that it shows unless told otherwise."""
    return asyncio.run(_made(WallService(board), query, viewer, at or AT + timedelta(seconds=5)))


async def _made(screen: WallService, query: str, viewer: Viewer, at: datetime) -> FrozenCopy:
    view = wall_query.parse_query(
        QueryParams(query), viewer, wall_state.visible_register(screen.board, viewer)
    )
    return frozen_copy.build_copy(await screen.get_sources(view, at), viewer, view, at)


async def _picture(board: Board, query: str, viewer: Viewer) -> dict[str, Any]:
    screen = WallService(board)
    view = wall_query.parse_query(
        QueryParams(query), viewer, wall_state.visible_register(board, viewer)
    )
    return dict(json.loads((await screen.get_state(viewer, view)).content))


class Read(HTMLParser):
    """The elements of a file, its scripts, and the cells of its tables by their heading."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.scripts: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._into = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [str(v) for n, v in attrs if n in {"src", "href", "action", "srcset"}]
        self._into = tag
        if tag == "script":
            self.scripts.append("")
        elif tag == "tr" and self.tables:
            next(reversed(self.tables.values())).append([])
        elif tag in {"td", "th"}:
            next(reversed(self.tables.values()))[-1].append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 (the name is the parser's)
        self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "script":
            self.scripts[-1] += data
        elif self._into == "summary":
            self.tables[data] = []
        elif self._into in {"td", "th"}:
            next(reversed(self.tables.values()))[-1][-1] += data

    @property
    def picture(self) -> dict[str, Any]:
        return dict(json.loads(self.scripts[0]))


def table(read: Read, title: str) -> list[list[str]]:
    """The rows below the heading."""
    return next(rows for name, rows in read.tables.items() if name.startswith(title))[1:]


def bring(board: Board, folder: Path, *rows: str, now: datetime = NOON) -> None:
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    path.write_text("\n".join([HEADINGS, *rows]), "utf-8")
    ledger = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded("test"), now=now)
    )
    assert ledger.accepted == len(rows), ledger


def row(name: str, text: str = "Massa mendekat", weight: str = "tinggi") -> str:
    quoted = '"' + text.replace('"', '""') + '"'
    return f"{name},2024-11-27 11:50,16.10.04,kericuhan,{weight},dilaporkan,{quoted},Polsek"


@pytest.mark.parametrize("viewer", [CHIEF, GUEST], ids=lambda viewer: viewer.role.name)
@pytest.mark.parametrize("query", [SAAT, f"{SAAT}&kec=16.10.05&rentang=3j", f"{SAAT}&lang=en"])
def test_every_number_is_that_of_the_wall(rehearsed: Board, query: str, viewer: Viewer) -> None:
    wall = asyncio.run(_picture(rehearsed, f"{query}&tema=terang", viewer))
    said = Read(made(rehearsed, query, viewer).html).picture
    assert [view["name"] for view in said["views"]] == [view["name"] for view in wall["views"]]
    for mine, theirs in zip(said["views"], wall["views"], strict=True):
        for one, other in zip(mine["figures"], theirs["figures"], strict=True):
            if one["key"] == "terakhir":  # when, and not how long ago
                assert one["value"] in one["note"]
            else:
                assert one == other
        assert mine["areas"] == theirs["areas"]
        assert mine["lines"] == theirs["lines"]
    assert said["table"] == wall["table"]
    assert said["alarm_count"] == wall["alarm_count"]
    assert [one["id"] for one in said["newest"]] == [one["id"] for one in wall["newest"]]


def test_it_says_what_it_is_of_when_and_whose(rehearsed: Board) -> None:
    copy = made(rehearsed, f"{SAAT}&kec=16.10.05")
    text = html.unescape(copy.html)
    made_at = "dibuat jam komputer 12.30.05 WIB"  # of a rehearsal with its own clock
    band = f"SALINAN BEKU — keadaan 27 Nov 2024 12.30 WIB, {made_at}; tidak diperbarui"
    assert band in text
    assert copy.file_name == "salinan_LATIHAN_situasi_20241127-1230.html"
    assert '<b class="latihan">LATIHAN</b>' in text
    assert (
        "peran pimpinan, wilayah: seluruh kabupaten · diambil oleh rina · versi penyimpanan "
        in text
    )
    said = Read(copy.html).picture
    assert said["filter"] == "kecamatan: Pemulutan"
    assert "langsung" not in said["moment"]["note"]
    assert [kind for kind, _text in said["bands"]] == ["latihan", "past"]


def test_made_on_another_day_it_names_that_day(rehearsed: Board) -> None:
    text = made(rehearsed, at=AT + timedelta(days=2)).html
    made_at = "dibuat jam komputer 29 Nov 2024 12.30.00 WIB"
    assert f"keadaan 27 Nov 2024 12.30 WIB, {made_at}" in text


def test_ages_are_said_by_the_clock(board: Board, tmp_path: Path) -> None:
    bring(board, tmp_path, row("K-1"), now=NOON)
    at = NOON + timedelta(minutes=4)
    assert "menit lalu" not in made(board, "", at=at).html
    assert format_relative_time(NOON, at) == "4 menit lalu"  # and on the wall they still are ages


def test_without_made_up_rows_nothing_speaks_of_an_exercise(board: Board, tmp_path: Path) -> None:
    bring(board, tmp_path, row("K-1"))
    copy = made(board, "", at=NOON)
    assert copy.file_name == "salinan_situasi_20241127-1200.html"
    assert "LATIHAN" not in copy.html


def test_the_lists_hold_every_tps_kecamatan_source_and_open_case(rehearsed: Board) -> None:
    copy = made(rehearsed)
    read = Read(copy.html)
    register = rehearsed.register
    stations = table(read, "Semua TPS")
    assert len(stations) == len(register.tps) == 667
    every = register.tps[["kecamatan", "desa", "nomor"]].itertuples(index=False)
    names = {(register.name_of(k), register.name_of(d), f"{n:03d}") for k, d, n in every}
    assert {tuple(cells[:3]) for cells in stations} == names
    assert table(read, "Menurut kecamatan") == read.picture["table"]["rows"]
    assert len(read.picture["table"]["rows"]) == 16
    found = compute_overview(
        rehearsed.snapshot_reader.refresh().snapshot.frames,
        register.election,
        list(register.kecamatan),
        Selection(since=wib("00.00"), until=wib("23.59")),
        AT,
        live=False,
    )
    cases = table(read, "Kejadian terbuka")
    assert {cells[7] for cells in cases} == set(found.open_cases["id"])
    assert len(cases) == len(found.open_cases)
    sources = table(read, "Sumber")
    assert len(sources) == len(found.feed_states) > 0
    assert copy.row_count == 16 + len(stations) + len(cases) + len(sources)
    assert len(copy.html.encode()) < 1_000_000


def test_a_tps_without_a_word_has_none(board: Board) -> None:
    for cells in table(Read(made(board, "", at=NOON).html), "Semua TPS"):
        assert cells[3] == "belum ada fase"
        assert cells[5:] == ["–", "–"]


def test_more_cases_than_can_be_listed_are_counted(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(board, tmp_path, *(row(f"K-{n}") for n in range(12)))
    monkeypatch.setattr(frozen_copy, "MAX_CASES", 5)
    read = Read(made(board, "", at=NOON).html)
    assert "Kejadian terbuka (5 dari 12)" in read.tables
    assert len(table(read, "Kejadian terbuka")) == 5


def test_it_loads_nothing_and_runs_one_script_that_its_policy_names(rehearsed: Board) -> None:
    text = made(rehearsed).html
    read = Read(text)
    assert read.addresses == ["data:,"]
    assert {"iframe", "object", "embed", "img", "form", "base"}.isdisjoint(read.names)
    assert not re.search(r"<[^>]* (style|on\w+)=", text)
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1])  # type: ignore[index]
    assert policy == frozen_copy.build_policy(
        assets.build_frozen_style(), assets.build_frozen_script()
    )
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert len(read.scripts) == 2
    assert read.scripts[1] == assets.build_frozen_script()
    # Neither asks, rings nor ticks.
    for word in ("fetch", "AudioContext", "setInterval", "setTimeout", "WebSocket", "http"):
        assert word not in read.scripts[1].replace("http://www.w3.org/2000/svg", ""), word
    assert "url(" not in assets.build_frozen_style()


def test_what_somebody_writes_into_a_report_stays_text(board: Board, tmp_path: Path) -> None:
    honest = Read(made(board, "", at=NOON).html)
    bring(board, tmp_path, row("K-1", HOSTILE), row("K-2", HOSTILE + "\u2028 & <b>"))
    text = made(board, "", at=NOON).html
    read = Read(text)
    assert set(read.names) == set(honest.names)
    assert len(read.scripts) == 2
    assert "<img" not in text
    assert "<!--" not in text
    assert {one["text"][: len(HOSTILE)] for one in read.picture["newest"]} == {HOSTILE}
    assert {cells[6][: len(HOSTILE)] for cells in table(read, "Kejadian terbuka")} == {HOSTILE}


def test_who_may_not_see_officers_has_no_view_nor_name_of_them(
    board: Board, tmp_path: Path
) -> None:
    bring(board, tmp_path, row("K-1", "Bripka Sulastri mengawal kotak"))
    case = board.snapshot_reader.refresh().snapshot.frames["incidents"]["case"].iloc[0]
    acknowledgements.acknowledge(board.store, case, "Iptu Rahmat Hidayat", "rina", NOON, NOON)
    chief, guest = (made(board, "", viewer, at=NOON).html for viewer in (CHIEF, GUEST))
    assert "personel" in {view["name"] for view in Read(chief).picture["views"]}
    assert "personel" not in {view["name"] for view in Read(guest).picture["views"]}
    for name in ("Rahmat", "Sulastri"):
        assert name in chief
        assert name not in guest
    assert "dipahami " in guest  # that somebody took note is told
    assert "diambil oleh" not in guest


def test_of_an_area_it_holds_that_area_alone(rehearsed: Board) -> None:
    polsek = Viewer("sek05", ROLES["operator"], area=("16.10.05",))
    read = Read(made(rehearsed, SAAT, polsek).html)
    assert {cells[0] for cells in table(read, "Semua TPS")} == {"Pemulutan"}
    assert all(cells[3].startswith("Pemulutan") for cells in table(read, "Kejadian terbuka"))
    assert set(read.picture["views"][0]["areas"]) == {"16.10.05"}


def test_of_a_store_that_broke_it_tells_the_last_good_moment(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(board, tmp_path, row("K-1"))
    screen = WallService(board)

    async def breaks() -> FrozenCopy:
        await screen.refresh()

        def broken() -> int:
            raise StoreError("berkas terkunci")

        monkeypatch.setattr(board.store, "version", broken)
        await screen.refresh(force=True)
        return await _made(screen, "", CHIEF, NOON + timedelta(minutes=20))

    text = asyncio.run(breaks()).html
    assert "keadaan 27 Nov 2024 12.00 WIB, dibuat 12.20.00 WIB" in text
    assert ["unread", "Penyimpanan tidak terbaca: berkas terkunci"] in Read(text).picture["bands"]


def test_of_a_store_that_was_never_read_it_shows_nothing(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise StoreError("berkas terkunci")

    monkeypatch.setattr(board.store, "version", broken)
    copy = made(board, "", at=NOON)
    assert copy.row_count == 0
    assert Read(copy.html).picture["nothing"].startswith("Belum ada gambar")


def test_modules_are_joined_in_the_order_in_which_they_need_each_other() -> None:
    modules = {
        "a.js": 'import { b } from "./b.js";\nimport * as c from "./c.js";\nb(c.value);\n',
        "b.js": 'import { value } from "./c.js";\nexport function b(n) { return n + value; }\n',
        "c.js": "export const value = 1;\n",
        "d.js": "export const unused = 1;\n",
    }
    script = js_bundler.bundle("a.js", modules)
    assert "import" not in script and "export" not in script and "unused" not in script
    assert script.index("of_c =") < script.index("of_b =") < script.index("of_a =")
    assert script.count("const value = 1") == 1


@pytest.mark.parametrize(
    "text",
    [
        'import { b } from "./a.js";',
        'import { b as c } from "./b.js";',
        'import b from "./b.js";',
        "export default 1;",
        "const said = '</Script>';",
        "const said = '<!--';",
    ],
)
def test_what_cannot_be_joined_is_not(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        js_bundler.bundle("a.js", {"a.js": text + "\n", "b.js": "export const b = 1;\n"})
