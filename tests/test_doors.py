"""Every function by which anything is written, by every role and area: refused if not theirs.

The doors are read out of the code: one that is not in the table below fails the first test.
"""

from __future__ import annotations

import ast
import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pages.incidents import actions as incidents_actions
from situasi import board as board_module
from situasi.access.accounts import RESERVED_NAMES
from situasi.access.roles import PERMISSIONS, ROLES, LinkScope, Viewer
from situasi.actions import alert_actions, redeployment_orders
from situasi.actions.alert_actions import ACTED, AlertAction, AlertActionRefused
from situasi.analysis.incidents.cases import build_case_keys
from situasi.board import Board, load_store_scope, open_board
from situasi.domain.feed_schemas import FEEDS
from situasi.domain.settings import ROOT
from situasi.ingest import inbox, quarantine, upload, write_scope
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_rows
from situasi.ingest.validation.area_check import extract_case_kecamatan
from situasi.ingest.withdrawal import WithdrawalRefused, withdraw
from situasi.ingest.write_scope import CorrectionRights, WriteRefused, build_viewer_scope
from situasi.server.api import api_keys
from situasi.server.api.delivery import ApiDelivery, DeliveryIngest
from situasi.server.api.limits import Limits
from situasi.simulation import replay, seed
from situasi.store import open_store
from situasi.store.model import QuarantinedRow
from situasi.ui import filters, page_context, session, submission
from tests.builders import WIB, unbounded
from tests.builders_files import FAULTS, csv_file, faulty, report, workbook
from tests.conftest import NOON, settings_in
from tests.product_code import in_one_worker, parse_product

HERE, THERE = "16.10.05", "16.10.04"  # Pemulutan, Indralaya
WHOLE = "16.10"
AREAS: tuple[tuple[str, ...], ...] = ((), (HERE,))
VIEWERS = [Viewer("wati", role, area) for role in ROLES.values() for area in AREAS]
IDS = [f"{one.role.name} {'Pemulutan' if one.area else 'semua'}" for one in VIEWERS]

# Whatever writes into a store, by the function that does: who may, and where that is tried.
ROWS = {
    "situasi/ingest/upload ingest_upload": "a person; tried here",
    "situasi/ingest/quarantine release_row": "a person or the command line; tried here",
    "situasi/ui/submission submit_rows": "a person: Lapor, pasted messages, steps; tried here",
    "pages/incidents/actions save_decision": "a person; tried here",
    "situasi/actions/redeployment_orders accept": "a person; tried here and in test_moving",
    "situasi/ingest/withdrawal withdraw": "a person or the command line; tried here",
    "situasi/server/api/delivery _ingest": "a key; tried here",
    "situasi/server/api/delivery _ingest_as_file": "the same",
    "situasi/ingest/inbox _ingest": "a program",
    "situasi/simulation/seed _ingest": "a program",
    "situasi/simulation/replay _ingest_due_rows": "a program",
    "situasi/actions/exercise_controller _report": "for who may start a drill: nobody of one area",
    "situasi/cli/deliveries _ingest_with_progress": "whoever administers the machine",
}
# Of the package of the store, what writes into one from outside.
_OUTSIDE = ("backup/backup", "store/replication")
OTHER_RECORDS = {
    "situasi/access/accounts _save": "the command line; an admin who confirms it (pages/accounts)",
    "situasi/actions/acknowledgements acknowledge": "a person at the wall (server/wall/test_doors)",
    "situasi/actions/acknowledgements withdraw": "the same, their own and just now",
    "situasi/actions/alert_actions _append": "a person; tried here",
    "situasi/actions/briefings mark": "a person of no one area (test_briefings)",
    "situasi/actions/briefings undo": "a person, their own (test_briefings)",
    "situasi/actions/exercise_controller start": "a person of no one area (test_drills)",
    "situasi/access/guest_links _save": "a person, at most what they see (test_links)",
    "situasi/actions/redeployment_orders _save_decision": "a person, in their own area",
    "situasi/actions/redeployment_orders accept": "the same",
    "situasi/actions/redeployment_orders undo": "a person, their own (test_redeployment_orders)",
    "situasi/simulation/seed _seed_rehearsal_day": "a program",
    "situasi/simulation/seed seed_store": "a program",
    "situasi/simulation/replay replay": "a program",
    "situasi/server/api/delivery ingest_delivery": "a key: the answer it was given",
    "situasi/server/api/api_keys add": "the command line",
    "situasi/server/api/api_keys revoke": "the command line",
    "situasi/server/api/api_keys record_use": "a key: the day of its use",
    "situasi/server/auth/session_records save_session": "the gate: sessions",
    "situasi/ingest/sources/saved_profiles save_profile": "a person who maps; the command line",
    "situasi/ingest/sources/saved_profiles remove_profile": "the command line",
    "situasi/ingest/message_tray claim": "a person who has a message open (pages/test_tray)",
    "situasi/ingest/message_tray release": "the same",
    "situasi/store/backup/backup restore": "the command line: a backup into an empty store",
    "situasi/store/replication replicate": "a program: what flows up",
}
WAITING = {
    "situasi/ingest/message_intake add": "a key for messages (server/api/test_messages)",
    "situasi/ingest/message_tray settle": "a person, of what they may see (pages/test_tray)",
    "situasi/ingest/message_tray restore": "the same person, just after (pages/test_tray)",
    "situasi/ingest/message_delivery _keep_record": "through ingest_file: whoever may send",
    "situasi/ingest/waiting_messages move_messages": "a person who maps (test_waiting_messages)",
    "situasi/ingest/waiting _let_wait": "through ingest_file: whoever may send",
    "situasi/ingest/waiting drop": "a person, of what they may see (test_waiting)",
    "situasi/ingest/waiting_mapping _settle": "a person (test_waiting_mapping)",
}
_BRINGING = {"ingest_file", "ingest_and_keep", "ingest_rows"}
_KEEPING = {"put_note", "put_record", "raw_import"}


def callers(*named: str) -> set[str]:
    """The functions of the product, outside of the store, that call these or hand them on."""
    return {place for place, calls in _calls() if calls & set(named)}


@cache
def _calls() -> list[tuple[str, set[str]]]:
    found = []
    for file, tree in parse_product().items():
        place = file.relative_to(ROOT).with_suffix("").as_posix()
        for inner in ast.walk(tree):
            known = isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
            inner_store = place.startswith("situasi/store/") and not place.endswith(_OUTSIDE)
            if known and not inner_store:
                calls = [call for call in ast.walk(inner) if isinstance(call, ast.Call)]
                named = chain.from_iterable([call.func, *call.args] for call in calls)
                found.append((f"{place} {inner.name}", set(map(_called, named))))
    return found


def _called(call: ast.expr) -> str:
    """The name of a function; of a method only where it is one of a store."""
    if isinstance(call, ast.Name):
        return call.id
    if isinstance(call, ast.Attribute):
        owner = getattr(call.value, "attr", getattr(call.value, "id", ""))
        if owner.endswith("store") or call.attr == "raw_import":
            return "store.deliver" if call.attr == "deliver" else call.attr
        if call.attr in _BRINGING:
            return call.attr
    return ""


@in_one_worker
def test_every_door_by_which_rows_come_in_is_tried_here() -> None:
    assert callers(*_BRINGING, "withdraw") - {
        "pages/intake/upload _on_ingest",  # through ingest.upload, with its viewer
        "situasi/cli/deliveries undo",
        "situasi/cli/profiles try_file",  # a trial
        "situasi/ingest/remapping/keeping ingest_and_keep",  # for the doors that call it
    } == set(ROWS)
    # The page Masukan names its module; a key: server/api/test_file_delivery.
    assert callers("ingest_upload") == {"situasi/server/api/file_delivery store_file"}
    assert callers("store.deliver") == {
        "situasi/ingest/pipeline _ingest",
        "situasi/ingest/pipeline deliver",
        "situasi/ingest/pipeline ingest_rows",
        "situasi/ingest/quarantine drop_rows",  # of rows that the sender may correct
        "situasi/ingest/table_delivery ingest_tables",
        "situasi/ingest/waiting_messages _withdraw",  # of rows that the sender may withdraw
    }
    assert callers("ingest_tables") == {
        "situasi/ingest/waiting ingest_mapped",
        "situasi/ingest/waiting ingest",
    }
    assert callers(*_KEEPING) == set(OTHER_RECORDS)
    assert callers("put_waiting", "settle_waiting") == set(WAITING)


def test_every_act_of_a_person_that_brings_rows_says_which() -> None:
    for act in PERMISSIONS:
        for viewer in VIEWERS:
            try:
                scope = build_viewer_scope(viewer, act)
            except WriteRefused:
                assert not viewer.role.may(act) or act in {"bagikan", "tandai", "latih"}
                continue
            assert viewer.role.may(act)
            assert scope.area == viewer.area and scope.actor == viewer.name
            assert scope.feeds <= set(viewer.role.readable_feeds(tuple(FEEDS)))
            assert (scope.correction_rights is CorrectionRights.ALL) == (not viewer.area)


def test_a_guest_by_a_link_writes_nothing() -> None:
    link = LinkScope("x" * 12, "masukan", (), NOON)
    for act in PERMISSIONS:
        with pytest.raises(WriteRefused):
            build_viewer_scope(Viewer("tamu x", ROLES["pimpinan"], (), link), act)


def test_programs_that_only_bring_rows_settle_nobodys() -> None:
    assert (
        inbox.SCOPE.correction_rights is CorrectionRights.ALL
    )  # a file returned to the folder is one corrected
    assert {one.correction_rights for one in (seed.SCOPE, replay.SCOPE)} == {
        CorrectionRights.NOTHING
    }
    assert {one.actor for one in (inbox.SCOPE, seed.SCOPE, replay.SCOPE)} <= RESERVED_NAMES


# The world: rows of everybody, a faulty row of each feed, all delivered by somebody else.


def row(feed: str, place: str, id: str, **cells: object) -> dict[str, object]:
    """A good row of this feed and place."""
    where: dict[str, object] = {"kode_kecamatan": place, "kecamatan": ""}
    if feed in {"tps", "postings"}:
        where |= {"desa": _DESA[place]}
    if feed in {"roster", "postings", "personnel"}:
        where |= {"petugas": f"P-{place[-2:]}"}
    if feed == "merges":
        where |= {"kode_kecamatan": "", "kasus": _case(place, "A"), "ke": _case(place, "B")}
    return report(feed, id=id, **{**where, **cells})


_DESA = {HERE: "16.10.05.2019", THERE: "Tanjung Gelam", WHOLE: ""}


def _case(place: str, id: str) -> str:
    known = pd.DataFrame(
        {
            "id": [id], "occurred_at": [pd.Timestamp("2024-11-27 08:03", tz=WIB)],
            "jenis": ["logistik"], "kecamatan": [None if place == WHOLE else place],
            "desa": [None], "desa_text": [None], "latihan": [False],
        }
    )  # fmt: skip
    return str(build_case_keys(known, WIB).iloc[0])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Board, Path]]:
    """A board, and the file of its store with a row of each feed of each place."""
    folder = tmp_path_factory.mktemp("doors")
    opened = open_board(settings_in(folder), lambda: NOON)
    for feed in FEEDS:
        bring(opened, feed, [row(feed, HERE, f"{feed}-h"), row(feed, THERE, f"{feed}-t")])
        bring(opened, feed, [row(feed, THERE, f"{feed}-f") | FAULTS[feed]])
    for place in (HERE, THERE):
        bring(opened, "incidents", [row("incidents", place, id) for id in ("A", "B")])
    assert len(opened.store.quarantined_rows()) == len(FEEDS)
    backup = folder / "filled.db"
    with sqlite3.connect(folder / "live" / "situasi.db") as source:
        source.execute("VACUUM INTO ?", (str(backup),))
    yield opened, backup
    opened.close()


@pytest.fixture
def world(filled: tuple[Board, Path], tmp_path: Path) -> Iterator[Board]:
    """Yield the filled board in a store of its own."""
    made, backup = filled
    shutil.copy(backup, tmp_path / "own.db")
    store = open_store(
        f"sqlite:///{tmp_path / 'own.db'}", load_store_scope(made.settings.election_folder)
    )
    yield replace(made, store=store)
    store.close()


def bring(board: Board, feed: str, rows: list[dict[str, Any]]) -> IngestResult:
    ledger = ingest_rows(
        rows,
        "pusat.csv",
        board.store,
        board.ingest_context,
        unbounded("pusat"),
        feed=feed,
        now=NOON,
    )
    assert not ledger.refused and ledger.accepted + ledger.quarantined == len(rows), ledger
    return ledger


def stored(board: Board, since: int = 0) -> dict[str, set[str]]:
    """The places of the rows of each feed from this delivery on."""
    found = {}
    for name, feed in FEEDS.items():
        rows = board.store.rows_after(feed)
        mine = rows[rows["batch"] > since]
        if name == "merges":
            places = {place for keys in (mine["kasus"], mine["ke"]) for key in keys
                      for place in extract_case_kecamatan(key)}  # fmt: skip
        else:
            places = {one if isinstance(one, str) else WHOLE for one in mine["kecamatan"]}
        if places:
            found[name] = places
    return found


def last(board: Board) -> int:
    return int(board.store.batches()["batch"].max())


def feeds_of(viewer: Viewer) -> set[str]:
    """Return the feeds that this role may write, by an obvious second way."""
    if not viewer.role.may("masukkan"):
        return set()
    hidden = {
        feed
        for feed, screen in {"neutrality": "netralitas", "roster": "personel",
                             "postings": "personel", "personnel": "personel"}.items()
        if not viewer.role.may_see(screen)
    }  # fmt: skip
    return set(FEEDS) - hidden - (set() if viewer.role.may("gabung") else {"merges"})


def places_of(viewer: Viewer) -> set[str]:
    return {HERE} if viewer.area else {HERE, THERE, WHOLE, "-"}


@pytest.fixture(params=VIEWERS, ids=IDS)
def viewer(request: pytest.FixtureRequest) -> Viewer:
    found: Viewer = request.param
    return found


def intruding(board: Board, feed: str) -> list[dict[str, Any]]:
    """Rows of here, of there and of all, each of which says to settle the row that waits."""
    (number,) = [one.number for one in board.store.quarantined_rows(feed)]
    held = row(feed, THERE, f"{feed}-f")
    placed = {"desa", "tps"} & held.keys()
    return [
        {**row(feed, HERE, f"{feed}-n1"), "uraian": "a"},
        {**row(feed, THERE, f"{feed}-n2"), "uraian": "b"},
        {**row(feed, WHOLE, f"{feed}-n3"), **dict.fromkeys(placed, ""), "uraian": "c"},
        # As the export of quarantine would return it, corrected.
        {**held, "no_karantina": number, "berkas": "pusat.csv", "baris": 1},
    ]


def assert_only_theirs(
    board: Board, viewer: Viewer, since: int, waited: list[QuarantinedRow]
) -> None:
    feeds, places = feeds_of(viewer), places_of(viewer)
    for feed, found in stored(board, since).items():
        assert feed in feeds, feed
        assert found <= places, (feed, found)
    still = {one.number for one in board.store.quarantined_rows()}
    gone = [one for one in waited if one.number not in still]
    if viewer.area:
        assert gone == []
    assert {one.feed for one in gone} <= feeds


def test_an_upload_writes_only_what_is_theirs_and_tries_the_same_first(
    world: Board, viewer: Viewer, tmp_path: Path
) -> None:
    form = "csv" if VIEWERS.index(viewer) // len(AREAS) % 2 else "xlsx"  # every other role
    waited, began = world.store.quarantined_rows(), last(world)
    for feed in FEEDS:
        rows = intruding(world, feed)
        path = (
            csv_file(tmp_path / f"{feed}.csv", *rows)
            if form == "csv"
            else workbook(tmp_path / f"{feed}.xlsx", {"Laporan": rows})
        )
        if not viewer.role.may("masukkan"):
            with pytest.raises(WriteRefused):
                build_viewer_scope(viewer, "masukkan")
            continue
        version, shown = world.store.version(), {}
        tried = uploaded(world, viewer, path, dry_run=True, preview=shown.__setitem__)
        assert world.store.version() == version
        taken = uploaded(world, viewer, path)
        assert (tried.read, tried.accepted, tried.refused) == (
            taken.read, taken.accepted, taken.refused,
        )  # fmt: skip
        if feed not in feeds_of(viewer):
            assert taken.refused and not shown, feed
            assert world.store.version() == version
            continue
        assert taken.read == taken.accepted + taken.duplicate + taken.quarantined == len(rows)
        if viewer.area:
            assert taken.accepted == 1, (feed, taken.reasons)
            assert all("uraian" not in rows or set(rows["uraian"]) <= {"a"}
                       for rows in shown.values())  # fmt: skip
        else:
            assert taken.accepted >= 3, (feed, taken.reasons)
    assert_only_theirs(world, viewer, began, waited)
    allowed = feeds_of(viewer)
    assert set(stored(world, began)) == allowed
    if not viewer.area:  # what they may correct they do
        assert {one.feed for one in world.store.quarantined_rows() if one.batch <= began} == (
            set(FEEDS) - allowed
        )


def uploaded(board: Board, viewer: Viewer, path: Path, **how: Any) -> IngestResult:
    scope = build_viewer_scope(viewer, "masukkan")
    request = IngestRequest(
        Path(path.name), board.store, board.ingest_context, scope, now=NOON, **how
    )
    return upload.ingest_upload(io.BytesIO(path.read_bytes()), request)


def test_a_workbook_with_one_sheet_that_is_not_theirs_is_refused_whole(
    world: Board, viewer: Viewer, tmp_path: Path
) -> None:
    if not viewer.role.may("masukkan"):
        return
    sheets = {feed: [row(feed, HERE, f"{feed}-n")] for feed in ("incidents", "tps", "neutrality")}
    path = workbook(tmp_path / "a.xlsx", sheets)
    version = world.store.version()
    ledger = uploaded(world, viewer, path)
    may = "neutrality" in feeds_of(viewer)
    assert (ledger.refused is None) == may
    assert (world.store.version() > version) == may


def test_a_row_of_quarantine_is_seen_corrected_and_released_only_by_whom_it_concerns(
    world: Board, viewer: Viewer
) -> None:
    waited, began = world.store.quarantined_rows(), last(world)
    seen = quarantine.find_visible_rows(world.store, viewer, [one.number for one in waited])
    may_see = set() if viewer.area else set(viewer.role.readable_feeds(tuple(FEEDS)))
    assert {one.feed for one in seen} == may_see
    for one in waited:  # whatever the page shows
        mended = {k: str(v) for k, v in row(one.feed, HERE, "x").items()}
        try:
            scope = build_viewer_scope(viewer, "perbaiki")
        except WriteRefused:
            continue
        ledger = quarantine.release_row(world.store, world.ingest_context, scope, one, mended, NOON)
        theirs = not viewer.area and one.feed in feeds_of(viewer)
        assert ledger.refused == (None if theirs else quarantine.NOT_YOUR_ROW), one.feed
    assert_only_theirs(world, viewer, began, waited)


def test_a_correction_moves_no_row_out_of_the_area(world: Board, viewer: Viewer) -> None:
    if not viewer.area or not viewer.role.may("perbaiki"):
        return
    scope = build_viewer_scope(viewer, "perbaiki")
    rows: list[dict[str, Any]] = [faulty(kode_kecamatan=HERE, kecamatan="")]
    ingest_rows(
        rows, "saya.csv", world.store, world.ingest_context, scope, feed="incidents", now=NOON
    )
    mine = world.store.quarantined_rows("incidents")[-1]
    began = last(world)
    moved = {"jenis": "logistik", "kode_kecamatan": THERE}
    assert (
        quarantine.release_row(
            world.store, world.ingest_context, scope, mine, moved, NOON
        ).quarantined
        == 1
    )
    assert mine in world.store.quarantined_rows("incidents")
    assert (
        quarantine.release_row(
            world.store, world.ingest_context, scope, mine, {"jenis": "logistik"}, NOON
        ).accepted
        == 1
    )
    assert stored(world, began) == {"incidents": {HERE}}


def test_only_deliveries_that_are_theirs_are_taken_back(world: Board, viewer: Viewer) -> None:
    try:
        scope = build_viewer_scope(viewer, "perbaiki")
    except WriteRefused:
        return
    for batch, feed in world.store.batches()[["batch", "feed"]].to_numpy().tolist():
        theirs = not viewer.area and feed in scope.feeds
        if theirs:
            withdraw(world.store, scope, batch, NOON)
        else:
            with pytest.raises(WithdrawalRefused):
                withdraw(world.store, scope, batch, NOON)
    gone = world.store.withdrawals()
    assert set(gone["feed"]) == (set() if viewer.area else set(scope.feeds))
    if viewer.area:  # their own they do
        ingest_rows([row("incidents", HERE, "n")], "a", world.store, world.ingest_context, scope,
                    feed="incidents", now=NOON)  # fmt: skip
        assert withdraw(world.store, scope, last(world), NOON) == 1


def test_a_delivery_from_before_the_area_was_narrowed_is_not_theirs_any_more(
    world: Board,
) -> None:
    wide = build_viewer_scope(Viewer("wati", ROLES["operator"]), "masukkan")
    narrow = build_viewer_scope(Viewer("wati", ROLES["operator"], (HERE,)), "perbaiki")
    for places in ([THERE], [HERE, THERE]):
        rows = [row("incidents", place, f"n {places} {place}") for place in places]
        ingest_rows(rows, "a", world.store, world.ingest_context, wide, feed="incidents", now=NOON)
        with pytest.raises(WithdrawalRefused, match="wilayah lain"):
            withdraw(world.store, narrow, last(world), NOON)


@pytest.fixture
def page(world: Board, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> Board:
    """As this viewer's page would write."""
    monkeypatch.setattr(board_module, "_current", world)
    monkeypatch.setattr(session, "viewer", lambda: viewer)
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(filters, "get_past_time", lambda: None)
    monkeypatch.setattr(session, "get_snapshot_view", lambda: world.snapshot_reader.refresh())
    monkeypatch.setattr(session, "refresh_after_write", lambda: None)
    return world


def test_what_is_typed_on_lapor_is_theirs_or_nothing(page: Board, viewer: Viewer) -> None:
    waited, began = page.store.quarantined_rows(), last(page)
    for feed in FEEDS.keys() - {"merges"}:  # these are told with a button
        for typed in intruding(page, feed):
            cells = {name: str(cell) for name, cell in typed.items() if cell != ""}
            submission.submit_rows(feed, [cells], "formulir")
    assert_only_theirs(page, viewer, began, waited)
    assert set(stored(page, began)) == feeds_of(viewer) - {"merges"}


def test_a_step_is_taken_only_with_a_case_that_is_theirs(page: Board, viewer: Viewer) -> None:
    waited, began = page.store.quarantined_rows(), last(page)
    for place in (HERE, THERE, WHOLE):
        step = {
            **row("incidents", place, "A"),
            "status": "selesai",
            "waktu_lapor": "27/11/2024 12.00",
        }
        cells = {name: str(cell) for name, cell in step.items() if cell != ""}
        submission.submit_rows("incidents", [cells], "papan", act="tindak")
    assert_only_theirs(page, Viewer("", ROLES["pimpinan"], viewer.area), began, waited)
    assert bool(stored(page, began)) == viewer.role.may("tindak")


def test_only_cases_that_are_theirs_are_merged(page: Board, viewer: Viewer) -> None:
    context = page_context.get_current()
    pairs = [(_case(a, "A"), _case(b, "B")) for a in (HERE, THERE, WHOLE)
             for b in (HERE, THERE, WHOLE)]  # fmt: skip
    began, said = last(page), []
    for act in ("gabung", "pisah"):
        said += [
            incidents_actions.save_decision(context, act, a, b, "sama", False).refusal
            for a, b in pairs
        ]
    told = stored(page, began).get("merges", set())
    if not viewer.role.may("gabung"):
        assert told == set() and all(said)
    elif viewer.area:
        assert told == {HERE} and said.count(None) == 2
    else:
        assert told == {HERE, THERE, "-"} and said.count(None) == len(said)
    assert len(page.store.quarantined_rows("merges")) == 1


@pytest.mark.parametrize("text", ["a|b", "1|logistik|16.10.05|x", "9|3||logistik|16.10.05|x"])
@pytest.mark.parametrize("column", ["id", "desa_text"])
def test_a_case_that_looks_like_another_ones_is_of_both(text: str, column: str) -> None:
    """Whatever an id or a desa holds, the kecamatan of the case is read from its key."""
    of = {"id": ["K-1"], "desa_text": ["x"], column: [text]}
    known = pd.DataFrame(
        {
            "occurred_at": [pd.Timestamp("2024-11-27 08:03", tz=WIB)], "jenis": ["logistik"],
            "kecamatan": [THERE], "desa": [None], "latihan": [False], **of,
        }
    )  # fmt: skip
    assert THERE in extract_case_kecamatan(str(build_case_keys(known, WIB).iloc[0]))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("area", AREAS)
def test_an_alert_is_acted_on_only_by_whom_it_concerns(
    board: Board, role: str, area: tuple[str, ...]
) -> None:
    viewer = Viewer("wati", ROLES[role], area)

    def may(rule: str, place: str | None) -> bool:
        there = not area or place in area
        known = rule != "netralitas" or ROLES[role].may_see("netralitas")
        return ROLES[role].may("tindak") and there and known

    for rule in ("berat", "netralitas"):
        for place in (HERE, THERE, None):
            key, deed = f"{rule}|{place}|1", AlertAction(ACTED, "orang lain", NOON, "Patroli")
            if may(rule, place):
                alert_actions.record_action(
                    board.store, viewer, key, deed, 0, {"kecamatan": place}, NOON
                )
            else:
                with pytest.raises(AlertActionRefused):
                    alert_actions.record_action(
                        board.store, viewer, key, deed, 0, {"kecamatan": place}, NOON
                    )
    kept = alert_actions.load_all(board.store)
    assert {(k.split("|")[0], k.split("|")[1]) for k in kept} == {
        (rule, str(place)) for rule in ("berat", "netralitas") for place in (HERE, THERE, None)
        if may(rule, place)
    }  # fmt: skip
    assert all(deed.by == "wati" for one in kept.values() for deed in one.actions)


# Programs with a key: every feed, every content type, repeated.

KINDS = {
    "json": ("application/json", lambda rows: json.dumps(rows).encode()),
    "csv": ("text/csv", lambda rows: _csv(rows)),
}


def _csv(rows: list[dict[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for one in rows for name in one))
    lines = [",".join(names), *(",".join(str(one.get(n, "")) for n in names) for one in rows)]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("repeated", [None, "sekali"])
def test_a_key_writes_its_feeds_of_its_area_and_settles_its_own(
    world: Board, kind: str, area: tuple[str, ...], repeated: str | None
) -> None:
    content, write = KINDS[kind]
    waited, began = world.store.quarantined_rows(), last(world)
    api_keys.add(world.store, "bot", NOON, "admin", feeds=("incidents", "postings"), area=area)
    (key,) = api_keys.load_all(world.store)
    for feed in FEEDS:
        parcel = ApiDelivery(feed, content, write(intruding(world, feed)), repeated and f"{feed}-1")
        for _ in range(2):
            try:
                told = DeliveryIngest(world, Limits()).ingest_delivery(key, parcel, NOON)
            except Exception as problem:  # noqa: BLE001 whatever it is, nothing may be written
                told = {"refused": str(problem)}
        assert bool(told["refused"]) == (feed not in key.feeds), (feed, told)
    places = {HERE} if area else {HERE, THERE, WHOLE}
    assert set(stored(world, began)) == set(key.feeds)
    assert all(found <= places for found in stored(world, began).values())
    assert [one for one in world.store.quarantined_rows() if one.batch <= began] == waited


# What belongs to another area though the row says this one.


def narrow(feed: str) -> Viewer:
    return Viewer("wati", ROLES["pimpinan"], (HERE,))


@pytest.mark.parametrize("feed", ["roster", "postings", "personnel"])
def test_an_officer_of_another_unit_is_neither_ordered_nor_checked_in(
    world: Board, feed: str
) -> None:
    scope = build_viewer_scope(narrow(feed), "masukkan")
    began = last(world)
    theirs = row(feed, HERE, "n1", petugas="P-04", uraian="pindah")
    unknown = row(feed, HERE, "n2", petugas="P-99", uraian="baru")
    ledger = ingest_rows(
        [theirs, unknown], "a", world.store, world.ingest_context, scope, feed=feed, now=NOON
    )
    assert (ledger.accepted, ledger.quarantined) == (1, 1)
    rows = world.store.rows_after(FEEDS[feed])
    assert rows.loc[rows["batch"] > began, "petugas"].tolist() == ["P-99"]


def test_a_merge_is_of_every_place_that_it_names(world: Board) -> None:
    scope = build_viewer_scope(narrow("merges"), "gabung")
    ours = {"kasus": _case(HERE, "A"), "ke": _case(HERE, "B")}
    rows = [
        report("merges", id="m1", kode_kecamatan=HERE, kecamatan="", **ours),
        report("merges", id="m2", kode_kecamatan=THERE, kecamatan="", **ours),
        report("merges", id="m3", kode_kecamatan=HERE, kecamatan="", **ours | {"ke": "K-2"}),
        report("merges", id="m4", kode_kecamatan="", kecamatan="", **ours | {"kasus": "K-2"}),
    ]
    ledger = ingest_rows(
        rows, "a", world.store, world.ingest_context, scope, feed="merges", now=NOON
    )
    assert (ledger.accepted, [one["row"] for one in ledger.reasons]) == (1, [2, 3, 4])


def test_of_which_unit_an_officer_is_follows_the_orders_and_what_was_taken_back(
    world: Board,
) -> None:
    def posted(petugas: str, place: str, hour: str) -> dict[str, object]:
        return row("postings", place, f"{petugas} {hour}", petugas=petugas, waktu=hour)

    def elsewhere() -> set[str]:
        scope = build_viewer_scope(narrow("postings"), "masukkan")
        judged = write_scope.bind_context(
            world.ingest_context, scope, world.store, "postings", NOON
        )
        return {who for who in judged.foreign_ids if who > "P-05"}

    before, later = "27/11/2024 06.00", "27/11/2024 18.00"
    listed = {"P-50": THERE, "P-51": HERE, "P-53": THERE}
    bring(world, "roster", [row("roster", at, who, petugas=who) for who, at in listed.items()])
    bring(
        world,
        "postings",
        [
            posted("P-50", HERE, before),  # an order counts before the roster
            posted("P-51", THERE, later),  # so does one that is yet to begin
            posted("P-52", HERE, before),
            posted("P-52", THERE, later),
        ],
    )
    assert elsewhere() == {"P-51", "P-52", "P-53"}
    batches = world.store.batches().groupby("feed")["batch"]
    for number in batches.get_group("incidents"):  # rows of the same numbers, of another feed
        world.store.withdraw(int(number), NOON, "pusat")
    assert elsewhere() == {"P-51", "P-52", "P-53"}
    world.store.withdraw(int(batches.max()["roster"]), NOON, "pusat")
    assert elsewhere() == {"P-51", "P-52"}


def test_a_case_of_neutrality_of_elsewhere_is_not_gone_on_with(world: Board) -> None:
    scope = build_viewer_scope(narrow("neutrality"), "masukkan")
    rows = [row("neutrality", HERE, "neutrality-t", langkah="selesai"),
            row("neutrality", HERE, "neutrality-h", langkah="selesai")]  # fmt: skip
    ledger = ingest_rows(
        rows, "a", world.store, world.ingest_context, scope, feed="neutrality", now=NOON
    )
    assert (ledger.accepted, ledger.quarantined) == (1, 1)
    assert ledger.reasons[0]["row"] == 1


def test_what_is_asked_of_the_door_of_moves_is_judged_by_the_same_scope(
    world: Board, viewer: Viewer
) -> None:
    if redeployment_orders.may_decide(viewer):
        assert build_viewer_scope(viewer, "geser").feeds == {"postings"}
        within = write_scope.bind_context(
            world.ingest_context, build_viewer_scope(viewer, "geser"), world.store, "postings", NOON
        )
        assert within.area == viewer.area
        assert ("P-04" in within.foreign_ids) == bool(viewer.area)
