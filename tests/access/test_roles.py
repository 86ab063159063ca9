"""Roles: what a person may not see is never loaded for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from pages.neutrality.page import compute_neutrality
from situasi import board
from situasi.access.roles import GUARDED_FEEDS, PERMISSIONS, ROLES, SCREENS, Role, Viewer
from situasi.domain import feed_schemas
from situasi.ui import filters, session, submission
from situasi.ui.page_context import PageContext
from tests.conftest import NOON, settings_in

FEEDS = tuple(feed_schemas.FEEDS)
MAY_SEE_NEUTRALITY = {"pimpinan", "propam"}


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.name)
def test_only_command_and_propam_have_the_rows_of_neutrality(role: Role) -> None:
    assert ("neutrality" in role.readable_feeds(FEEDS)) == (role.name in MAY_SEE_NEUTRALITY)
    assert role.may_see("netralitas") == (role.name in MAY_SEE_NEUTRALITY)


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.name)
@pytest.mark.parametrize(("feed", "screen"), GUARDED_FEEDS.items())
def test_a_guarded_feed_is_loaded_only_for_those_who_see_its_screen(
    role: Role, feed: str, screen: str
) -> None:
    assert (feed in role.readable_feeds(FEEDS)) == role.may_see(screen)


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.name)
def test_every_other_feed_is_loaded_for_everyone_and_none_is_invented(role: Role) -> None:
    assert set(FEEDS) - set(GUARDED_FEEDS) <= set(role.readable_feeds(FEEDS)) <= set(FEEDS)


def test_a_guest_neither_delivers_nor_sees_where_officers_stand() -> None:
    guest = ROLES["tamu"]
    assert not guest.permissions
    assert not {"roster", "postings", "personnel", "neutrality"} & set(guest.readable_feeds(FEEDS))


def test_what_decides_and_what_goes_up_is_no_page_of_a_guest() -> None:
    own = {"peringatan", "pergeseran", "laporan", "latihan"}
    assert not ROLES["tamu"].screens & own
    assert {role.name for role in ROLES.values() if role.may("geser")} == {
        "pimpinan", "operator", "admin",
    }  # fmt: skip
    assert {role.name for role in ROLES.values() if role.may("latih")} == {"pimpinan", "admin"}


def test_roles_name_only_screens_and_acts_that_exist() -> None:
    for role in ROLES.values():
        assert role.screens <= set(SCREENS)
        assert role.permissions <= set(PERMISSIONS)
    assert set(GUARDED_FEEDS) <= set(FEEDS)
    assert set(GUARDED_FEEDS.values()) <= set(SCREENS)


def given(known: Mapping[str, pd.DataFrame], *_: object) -> set[str]:
    """An analysis that returns which feeds it was given."""
    return set(known)


@pytest.mark.parametrize("name", ROLES)
def test_what_a_page_computes_is_given_no_row_that_its_viewer_may_not_see(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = board.open_board(settings_in(tmp_path, SITUASI_ROLE=name), lambda: NOON)
    monkeypatch.setattr(board, "_current", own)
    shown, at = own.snapshot_reader.refresh(), session.ViewTime(NOON, live=False, is_exercise=False)
    context = PageContext(shown, at, session.viewer())
    feeds, page = context.compute(given), context.compute(compute_neutrality, ())
    own.close()
    assert feeds == set(ROLES[name].readable_feeds(FEEDS))
    assert (page is None) == (name not in MAY_SEE_NEUTRALITY)


def test_reports_are_typed_and_cases_taken_further_by_operators_and_command_alone() -> None:
    writers = {"pimpinan", "operator", "admin"}
    assert {name for name, role in ROLES.items() if role.may_see("lapor")} == writers
    assert {name for name, role in ROLES.items() if role.may("tindak")} == writers
    assert all(role.may("masukkan") for role in ROLES.values() if role.may_see("lapor"))


@pytest.mark.parametrize(("kecamatan", "stored"), [("16.10.05", 1), ("16.10.04", 0)])
def test_a_viewer_with_an_area_writes_nothing_outside_of_it(
    kecamatan: str, stored: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = board.open_board(settings_in(tmp_path), lambda: NOON)
    monkeypatch.setattr(board, "_current", own)
    polsek = Viewer("polsek", ROLES["operator"], ("16.10.05",))
    monkeypatch.setattr(session, "viewer", lambda: polsek)
    monkeypatch.setattr(filters, "get_past_time", lambda: None)
    row = {"waktu": "2024-11-27 10:00", "kode_kecamatan": kecamatan, "jenis": "akses"}
    answer = submission.submit_rows("incidents", [row], "formulir")
    assert (
        answer.accepted == len(own.snapshot_reader.refresh().snapshot.frames["incidents"]) == stored
    )
    assert (answer.refusal is None) == bool(stored)
    own.close()
