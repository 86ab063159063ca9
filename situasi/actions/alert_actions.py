"""The life of an alert: who saw it, what was done, who has it, and how it was closed.

What people did with it is written down word by word and never taken back; that its cause is gone
is found anew each time (analysis.alerts.episodes), and not written down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from situasi.access.roles import Viewer
from situasi.actions.acknowledgements import Acknowledgement
from situasi.analysis.alerts.episodes import RESOLVED, Alerts
from situasi.store.interface import ConflictError, Store

KIND = "alert"
MAX_TEXT_LENGTH = 300  # characters of what somebody says
SEEN, ACTED, CLOSED = "dilihat", "ditindak", "ditutup"
ACTIONS = (SEEN, ACTED, CLOSED)
# Where an alert is in its life; the first four are what the newest deed made of it.
NEW, ENDED, RAISED, WITHDRAWN = "baru", "berakhir", "naik", "ditarik"
STATUSES = (NEW, SEEN, ACTED, CLOSED, ENDED, RAISED)
OPEN = (NEW, SEEN, ACTED)
# Rules whose members are cases: who took note of such a case before the wall saw the alert.
_CASE_RULES = ("berat", "keramaian")
# Rules of which the trail names no case: its readers may not see them.
_CONFIDENTIAL_RULES = ("netralitas",)


class AlertActionRefused(ValueError):
    """It cannot be done with this alert; the message says why."""


@dataclass(frozen=True)
class AlertAction:
    """What somebody did with an alert, on the clock of the board.

    text: what was done, or why it was closed. owner: who has it from then on; "": as before.
    """

    kind: str
    by: str
    at: datetime
    text: str = ""
    owner: str = ""


@dataclass(frozen=True)
class AlertRecord:
    """What is kept of one alert. about: rule, level, kecamatan, raised, for when its rows are
    taken back."""

    actions: tuple[AlertAction, ...]
    about: Mapping[str, Any]


def may_act(viewer: Viewer, rule: str, kecamatan: object) -> bool:
    """Whether they may see, act on and close an alert of this rule and kecamatan (None: of all)."""
    if viewer.link is not None or not viewer.role.may("tindak") or not viewer.covers(kecamatan):
        return False
    return rule not in _CONFIDENTIAL_RULES or viewer.role.may_see("netralitas")


def record_action(
    store: Store,
    viewer: Viewer,
    key: str,
    action: AlertAction,
    known_count: int,
    about: Mapping[str, Any],
    now: datetime,
) -> AlertRecord:
    """Write a deed down; what is kept then. seen: of how many deeds its doer knew.

    Whoever sees an alert that another saw or acted on in the meantime changes nothing. Raises
    Overtaken where somebody acted or closed in between, DeedRefused where it cannot be done or
    the alert is not this viewer's to act on, StoreError.
    """
    if not may_act(viewer, key.partition("|")[0], about.get("kecamatan")):
        raise AlertActionRefused("peringatan ini bukan dari wilayah atau peran Anda")
    text = " ".join(action.text.split())[:MAX_TEXT_LENGTH]
    if action.kind not in ACTIONS or (action.kind != SEEN and not text):
        raise AlertActionRefused(
            "tulis apa yang dilakukan" if action.kind == ACTED else "tulis alasannya"
        )
    since = store.access_version()
    earlier = _decode(store.latest_records(KIND, key).get(key))
    if action.kind == SEEN and earlier.actions:
        return earlier
    if len(earlier.actions) != known_count:
        raise ConflictError("orang lain lebih dahulu mencatat sesuatu pada peringatan ini")
    if earlier.actions and earlier.actions[-1].kind == CLOSED:
        raise AlertActionRefused("peringatan ini sudah ditutup")
    owner = " ".join(action.owner.split())[:MAX_TEXT_LENGTH]
    done = AlertAction(action.kind, viewer.name, action.at, text, owner)
    value = {
        "about": dict(about),
        "deeds": [_encode(one) for one in (*earlier.actions, done)],
    }
    told = {"alert": key, "what": done.kind, "text": text, "owner": owner}
    if key.partition("|")[0] in _CONFIDENTIAL_RULES:
        told = {"alert": key.partition("|")[0], "what": done.kind}
    with suppress(*((ConflictError,) if action.kind == SEEN else ())):
        store.put_record(KIND, key, value, now, viewer.name, "alert", told, expected_seq=since)
    return _decode(store.latest_records(KIND, key).get(key))


def load_all(store: Store) -> dict[str, AlertRecord]:
    """All that is kept, by the key of the alert."""
    return {key: _decode(value) for key, value in store.latest_records(KIND).items()}


def _encode(action: AlertAction) -> dict[str, str]:
    at = action.at.astimezone(UTC).isoformat()
    return {
        "what": action.kind,
        "by": action.by,
        "at": at,
        "text": action.text,
        "owner": action.owner,
    }


def _decode(value: Any) -> AlertRecord:
    """A record that cannot be read is as none: an alert must not vanish for it."""
    try:
        deeds = tuple(
            AlertAction(one["what"], one["by"], datetime.fromisoformat(one["at"]), one["text"],
                 one["owner"])
            for one in value["deeds"]
        )  # fmt: skip
        return AlertRecord(deeds, value["about"])
    except (KeyError, TypeError, ValueError):
        return AlertRecord((), {})


def with_status(
    alerts: Alerts,
    records: Mapping[str, AlertRecord],
    acknowledgements: Mapping[str, Acknowledgement],
    owners: Mapping[str, str],
    at: datetime,
) -> pd.DataFrame:
    """The alerts with how far each is in its life, as of a moment: found.table and

    life (LIVES), open, owner, deeds (those done by then), kept (how many are kept), seen_at,
    seen_by, acted_at, acted_by, action, closed_at, closed_by, reason; to_seen, to_acted: how long
    that took from when it was raised. kept: of `every`. heeded: acknowledgements by case: whoever
    took note of all its cases before the wall saw it. owners: by rule, who has it first.
    """
    of_case = _cases_by_alert(alerts)
    every_row: list[Any] = list(alerts.table.itertuples())
    nothing = AlertRecord((), {})
    rows = [
        _build_status_row(
            row,
            records.get(row.key, nothing),
            _actions_from_acknowledgements(of_case.get(row.key, ()), row, acknowledgements),
            owners.get(row.rule, ""),
            at,
        )
        for row in every_row
    ]
    more = pd.DataFrame(rows, columns=list(_ADDED_COLUMNS), index=alerts.table.index)
    times = dict.fromkeys(("seen_at", "acted_at", "closed_at"), "datetime64[us, UTC]")
    spans = dict.fromkeys(("to_seen", "to_acted"), "timedelta64[us]")
    return pd.concat([alerts.table, more.astype({**times, **spans, "open": "bool"})], axis=1)


_ADDED_COLUMNS = (
    "life", "open", "owner", "deeds", "kept", "seen_at", "seen_by", "acted_at", "acted_by",
    "action", "closed_at", "closed_by", "reason", "to_seen", "to_acted",
)  # fmt: skip


def _cases_by_alert(alerts: Alerts) -> dict[str, list[str]]:
    """The cases of each alert of _OF_CASES."""
    rules = dict(zip(alerts.table["key"], alerts.table["rule"], strict=True))
    cases: dict[str, list[str]] = {}
    for key, member in zip(alerts.members["key"], alerts.members["member"], strict=True):
        if rules[key] in _CASE_RULES:
            cases.setdefault(key, []).append(member)
    return cases


def _actions_from_acknowledgements(
    cases: Collection[str], row: Any, acknowledgements: Mapping[str, Acknowledgement]
) -> tuple[AlertAction, ...]:
    """That the cases of an alert were taken note of before the wall: so long after it was raised.

    Not at what time: a note is written on the clock of the server, which an exercise is not on.
    """
    if not cases or not all(case in acknowledgements for case in cases):
        return ()
    last = max((acknowledgements[case] for case in cases), key=lambda one: one.response_time_s)
    at = row.raised.to_pydatetime() + timedelta(seconds=last.response_time_s)
    return (AlertAction(SEEN, last.by, at),)


def _build_status_row(
    row: Any, record: AlertRecord, acknowledged: tuple[AlertAction, ...], owner: str, at: datetime
) -> tuple[Any, ...]:
    deeds = sorted(
        (one for one in (*acknowledged, *record.actions) if one.at <= at), key=lambda one: one.at
    )
    seen, acted, closed = (_first_action(deeds, names) for names in (ACTIONS, (ACTED,), (CLOSED,)))
    named = [one.owner for one in deeds if one.owner]
    last = [one for one in deeds if one.kind == ACTED]
    life = _status(row.ended, seen, acted, closed)
    return (
        life, life in OPEN, named[-1] if named else owner, tuple(deeds), len(record.actions),
        seen and seen.at, seen and seen.by, acted and acted.at, acted and acted.by,
        last[-1].text if last else None,
        closed and closed.at, closed and closed.by, closed and closed.text,
        seen and max(timedelta(0), seen.at - row.raised.to_pydatetime()),
        acted and max(timedelta(0), acted.at - row.raised.to_pydatetime()),
    )  # fmt: skip


def _first_action(actions: Sequence[AlertAction], kinds: Collection[str]) -> AlertAction | None:
    return next((one for one in actions if one.kind in kinds), None)


def _status(
    ended: Any, seen: AlertAction | None, acted: AlertAction | None, closed: AlertAction | None
) -> str:
    if closed:
        return CLOSED
    if isinstance(ended, str):
        return ENDED if ended == RESOLVED else RAISED
    return ACTED if acted else SEEN if seen else NEW


def find_withdrawn(
    alerts: Alerts, records: Mapping[str, AlertRecord], at: datetime
) -> dict[str, AlertRecord]:
    """What people did with alerts that are no more: all rows behind them were taken back."""
    there = set(alerts.table["key"])
    return {
        key: one
        for key, one in records.items()
        if key not in there and one.actions and one.actions[0].at <= at
    }
