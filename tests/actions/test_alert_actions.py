"""The life of an alert: seen, acted on, closed by a word or by itself; the first word counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from situasi.access.roles import ROLES, Viewer
from situasi.actions import alert_actions
from situasi.actions.acknowledgements import Acknowledgement
from situasi.actions.alert_actions import ACTED, CLOSED, SEEN, AlertAction
from situasi.analysis.alerts.episodes import ESCALATED, RESOLVED, Alerts
from situasi.store import ConflictError, Store, open_store
from tests.conftest import NOON

LATER = timedelta(minutes=4)
ABOUT = {"rule": "tps_diam", "level": 1, "kecamatan": "16.10.04", "raised": NOON.isoformat()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    yield opened
    opened.close()


def keep(store: Store, what: str, by: str, seen: int, after: int = 4, **more: str) -> Any:
    at = NOON + timedelta(minutes=after)
    return alert_actions.record_action(
        store,
        Viewer(by, ROLES["pimpinan"]),
        "K",
        AlertAction(what, by, at, **more),
        seen,
        ABOUT,
        at,
    )


def alerts(rule: str = "tps_diam", ended: str | None = None, *members: str) -> Alerts:
    table = pd.DataFrame(
        {"key": ["K"], "rule": [rule], "raised": [pd.Timestamp(NOON)], "ended": [ended]}
    )
    return Alerts(table, pd.DataFrame({"key": ["K"] * len(members), "member": list(members)}))


def life(store: Store, at: datetime = NOON + timedelta(hours=1), **more: Any) -> Any:
    found = more.get("found", alerts())
    heeded = more.get("heeded", {})
    rows = alert_actions.with_status(
        found, alert_actions.load_all(store), heeded, {"tps_diam": "Polsek"}, at
    )
    return rows.iloc[0]


def test_an_alert_is_new_until_somebody_sees_it_and_keeps_who_and_how_soon(store: Store) -> None:
    assert life(store)["life"] == alert_actions.NEW
    keep(store, SEEN, "rina", 0)
    one = life(store)
    assert (one["life"], one["seen_by"], one["to_seen"]) == (SEEN, "rina", LATER)
    assert one["owner"] == "Polsek"


def test_what_was_done_and_who_has_it_now_are_kept_and_then_it_is_closed(store: Store) -> None:
    keep(store, SEEN, "rina", 0)
    keep(store, ACTED, "rina", 1, 6, text="Dihubungi  lewat radio", owner="Polsek Indralaya")
    one = life(store)
    assert (one["life"], one["action"]) == (ACTED, "Dihubungi lewat radio")
    assert one["owner"] == "Polsek Indralaya"
    keep(store, CLOSED, "budi", 2, 9, text="Sudah lapor")
    one = life(store)
    assert (one["life"], one["reason"], one["open"]) == (CLOSED, "Sudah lapor", False)
    with pytest.raises(alert_actions.AlertActionRefused):
        keep(store, ACTED, "rina", 3, 10, text="lagi")


def test_whoever_acts_without_having_seen_it_has_seen_it(store: Store) -> None:
    keep(store, ACTED, "rina", 0, text="Patroli dikirim")
    one = life(store)
    assert (one["seen_by"], one["to_seen"], one["to_acted"]) == ("rina", LATER, LATER)


def test_of_two_at_once_the_second_is_told_and_nothing_is_lost(store: Store) -> None:
    keep(store, ACTED, "rina", 0, text="Patroli dikirim")
    with pytest.raises(ConflictError):
        keep(store, CLOSED, "budi", 0, text="selesai")
    assert [one.by for one in alert_actions.load_all(store)["K"].actions] == ["rina"]
    assert keep(store, SEEN, "budi", 0).actions[0].by == "rina"


def test_a_deed_without_words_is_none(store: Store) -> None:
    for what in (ACTED, CLOSED):
        with pytest.raises(alert_actions.AlertActionRefused):
            keep(store, what, "rina", 0, text="   ")
    assert alert_actions.load_all(store) == {}


def test_each_deed_is_in_the_trail_and_moves_no_page(store: Store) -> None:
    keep(store, SEEN, "rina", 0)
    keep(store, CLOSED, "budi", 1, text="Sudah lapor")
    told = store.audit_entries()
    assert list(told["action"]) == ["alert", "alert"]
    assert json.loads(told["detail"].iloc[1])["text"] == "Sudah lapor"
    assert store.version() == 0
    assert store.verify() == []


def test_the_trail_names_no_case_against_a_member(store: Store) -> None:
    done = AlertAction(ACTED, "rina", NOON, "Dibahas dengan Propam")
    alert_actions.record_action(
        store,
        Viewer("budi", ROLES["pimpinan"]),
        "netralitas|N-7|202411270500|1",
        done,
        0,
        ABOUT,
        NOON,
    )
    told = json.loads(store.audit_entries()["detail"].iloc[0])
    assert told.pop("sealed")["access"]
    assert told == {"alert": "netralitas", "what": ACTED}


def test_at_a_past_minute_only_what_was_done_by_then_is_told(store: Store) -> None:
    keep(store, SEEN, "rina", 0, 4)
    keep(store, CLOSED, "budi", 1, 9, text="Sudah lapor")
    assert life(store, NOON + timedelta(minutes=3))["life"] == alert_actions.NEW
    assert life(store, NOON + timedelta(minutes=5))["life"] == SEEN


@pytest.mark.parametrize(("ended", "state"), [(RESOLVED, "berakhir"), (ESCALATED, "naik")])
def test_an_alert_whose_cause_is_gone_ends_by_itself(store: Store, ended: str, state: str) -> None:
    keep(store, SEEN, "rina", 0)
    one = life(store, found=alerts("tps_diam", ended))
    assert (one["life"], one["open"], one["seen_by"]) == (state, False, "rina")


def test_who_took_note_before_the_wall_saw_the_alert_of_that_case(store: Store) -> None:
    note = Acknowledgement("C-1", "Iptu Rahmat", "posko", NOON + timedelta(seconds=40), NOON)
    one = life(store, found=alerts("berat", None, "C-1"), heeded={"C-1": note})
    assert (one["life"], one["seen_by"]) == (SEEN, "Iptu Rahmat")
    assert one["to_seen"] == timedelta(seconds=40)
    both = alerts("keramaian", None, "C-1", "C-2")
    assert life(store, found=both, heeded={"C-1": note})["life"] == alert_actions.NEW
    other = alerts("tps_diam", None, "C-1")
    assert life(store, found=other, heeded={"C-1": note})["life"] == alert_actions.NEW


def test_what_was_done_with_an_alert_whose_rows_were_taken_back_is_not_lost(store: Store) -> None:
    keep(store, SEEN, "rina", 0)
    gone = Alerts(alerts().table.iloc[:0], alerts().members)
    assert list(
        alert_actions.find_withdrawn(gone, alert_actions.load_all(store), NOON + LATER)
    ) == ["K"]
    assert alert_actions.find_withdrawn(gone, alert_actions.load_all(store), NOON) == {}
    assert alert_actions.find_withdrawn(alerts(), alert_actions.load_all(store), NOON + LATER) == {}


def test_a_record_that_cannot_be_read_leaves_the_alert_new(store: Store) -> None:
    store.put_record(alert_actions.KIND, "K", {"deeds": [{"what": 1}]}, NOON, "x")
    assert life(store)["life"] == alert_actions.NEW


def undo(store: Store, by: str, action: AlertAction) -> Any:
    at = NOON + timedelta(minutes=5)
    return alert_actions.undo_action(store, Viewer(by, ROLES["pimpinan"]), "K", action, at, at)


def test_an_action_taken_back_no_longer_counts_and_both_are_kept(store: Store) -> None:
    keep(store, SEEN, "rina", 0)
    record = keep(store, CLOSED, "rina", 1, text="keliru")
    assert life(store)["life"] == CLOSED
    undo(store, "rina", record.actions[-1])
    one = life(store)
    assert one["life"] == SEEN and pd.isna(one["closed_at"])
    assert [action.kind for action in one["deeds"]] == [SEEN, CLOSED, alert_actions.UNDONE]
    keep(store, ACTED, "budi", 3, after=6, text="Patroli")
    assert life(store)["life"] == ACTED
    assert life(store, NOON + timedelta(minutes=4, seconds=30))["life"] == CLOSED  # as it was then


def test_only_the_author_takes_back_and_only_the_last_action(store: Store) -> None:
    first = keep(store, SEEN, "rina", 0).actions[-1]
    with pytest.raises(alert_actions.AlertActionRefused):
        undo(store, "budi", first)
    last = keep(store, ACTED, "budi", 1, text="Patroli").actions[-1]
    with pytest.raises(alert_actions.AlertActionRefused):
        undo(store, "rina", first)
    undo(store, "budi", last)
    with pytest.raises(alert_actions.AlertActionRefused):  # not twice
        undo(store, "budi", last)
