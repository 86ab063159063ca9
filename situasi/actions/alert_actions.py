"""The workflow of an alert: who saw it, what was done, who owns it, and how it was closed.

The actions of people are stored and never deleted: one taken back is followed by UNDONE. Whether
the cause has ended is not stored: it is computed each time (analysis.alerts.episodes).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from situasi.access.roles import Viewer
from situasi.actions.acknowledgements import Acknowledgement
from situasi.analysis.alerts.episodes import RESOLVED, Alerts
from situasi.store import ConflictError, Store

KIND = "alert"
MAX_TEXT_LENGTH = 300  # characters
SEEN, ACTED, CLOSED = "dilihat", "ditindak", "ditutup"
ACTIONS = (SEEN, ACTED, CLOSED)
# Written after an action that its author takes back at once; both stay in the history.
UNDONE = "dibatalkan"
# The status of an alert: NEW, SEEN, ACTED and CLOSED follow from its newest action.
NEW, ENDED, RAISED, WITHDRAWN = "baru", "berakhir", "naik", "ditarik"
STATUSES = (NEW, SEEN, ACTED, CLOSED, ENDED, RAISED)
OPEN = (NEW, SEEN, ACTED)
# Rules whose members are cases: an acknowledgement of all its cases counts as SEEN.
_CASE_RULES = ("berat", "keramaian")
# Rules whose cases are not named in the audit log, as its readers may not see them.
_CONFIDENTIAL_RULES = ("netralitas",)


class AlertActionRefused(ValueError):
    """The action is not possible on this alert; the message says why."""


@dataclass(frozen=True)
class AlertAction:
    """One action of a person on an alert, by the clock of the board.

    text: what was done, or why it was closed. owner: the owner from then on; "": as before.
    """

    kind: str
    by: str
    at: datetime
    text: str = ""
    owner: str = ""


@dataclass(frozen=True)
class AlertRecord:
    """What is stored of one alert.

    about: rule, level, kecamatan and raised, for when its rows are withdrawn.
    """

    actions: tuple[AlertAction, ...]
    about: Mapping[str, Any]


def may_act(viewer: Viewer, rule: str, kecamatan: object) -> bool:
    """Return whether they may act on an alert of this rule and kecamatan (None: kabupaten)."""
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
    """Store an action and return the record. known_count: how many actions its author knew.

    SEEN changes nothing if another person has already acted. Raises ConflictError where somebody
    acted or closed in between, AlertActionRefused where the action is not possible or not this
    viewer's, and StoreError.
    """
    rule = key.partition("|")[0]
    if not may_act(viewer, rule, about.get("kecamatan")):
        raise AlertActionRefused("peringatan ini bukan dari wilayah atau peran Anda")
    text = " ".join(action.text.split())[:MAX_TEXT_LENGTH]
    if action.kind not in ACTIONS or (action.kind != SEEN and not text):
        missing = "apa yang dilakukan" if action.kind == ACTED else "alasannya"
        raise AlertActionRefused(f"tulis {missing}")
    since = store.access_version()
    previous = _decode(store.latest_records(KIND, key).get(key))
    standing = list_standing(previous.actions)
    if action.kind == SEEN and standing:
        return previous
    if len(previous.actions) != known_count:
        raise ConflictError("orang lain lebih dahulu mencatat sesuatu pada peringatan ini")
    if standing and standing[-1].kind == CLOSED:
        raise AlertActionRefused("peringatan ini sudah ditutup")
    owner = " ".join(action.owner.split())[:MAX_TEXT_LENGTH]
    new_action = AlertAction(action.kind, viewer.name, action.at, text, owner)
    with suppress(*((ConflictError,) if action.kind == SEEN else ())):
        _append(store, key, AlertRecord(previous.actions, about), new_action, now, since)
    return _decode(store.latest_records(KIND, key).get(key))


def undo_action(
    store: Store, viewer: Viewer, key: str, action: AlertAction, at: datetime, now: datetime
) -> AlertRecord:
    """Store that this action, the last of the alert, was undone by its author; return the record.

    at: by the clock of the board. Raises AlertActionRefused where it is not theirs or something was
    recorded after it, ConflictError and StoreError.
    """
    since = store.access_version()
    record = _decode(store.latest_records(KIND, key).get(key))
    if not may_act(viewer, key.partition("|")[0], record.about.get("kecamatan")):
        raise AlertActionRefused("peringatan ini bukan dari wilayah atau peran Anda")
    if viewer.name != action.by or not record.actions or record.actions[-1] != action:
        raise AlertActionRefused("orang lain sudah mencatat sesuatu sesudahnya")
    _append(store, key, record, AlertAction(UNDONE, viewer.name, at), now, since)
    return _decode(store.latest_records(KIND, key).get(key))


def _append(
    store: Store, key: str, record: AlertRecord, action: AlertAction, now: datetime, since: int
) -> None:
    """Store a record with one more action. since: the version of the access records it follows."""
    actions = [_encode(item) for item in (*record.actions, action)]
    value = {"about": dict(record.about), "deeds": actions}
    detail = {"alert": key, "what": action.kind, "text": action.text, "owner": action.owner}
    if (rule := key.partition("|")[0]) in _CONFIDENTIAL_RULES:
        detail = {"alert": rule, "what": action.kind}
    store.put_record(KIND, key, value, now, action.by, "alert", detail, expected_seq=since)


def list_standing(actions: Iterable[AlertAction]) -> list[AlertAction]:
    """Return the actions that were not undone; UNDONE takes back the one before it."""
    standing: list[AlertAction] = []
    for action in actions:
        if action.kind != UNDONE:
            standing.append(action)
        elif standing:
            standing.pop()
    return standing


def load_all(store: Store) -> dict[str, AlertRecord]:
    """Return all records by the key of the alert."""
    return {key: _decode(value) for key, value in store.latest_records(KIND).items()}


def _encode(action: AlertAction) -> dict[str, str]:
    return {
        "what": action.kind,
        "by": action.by,
        "at": action.at.astimezone(UTC).isoformat(),
        "text": action.text,
        "owner": action.owner,
    }


def _decode(value: Any) -> AlertRecord:
    """Return the record; an unreadable one as empty, so that its alert does not disappear."""
    try:
        actions = tuple(
            AlertAction(item["what"], item["by"], datetime.fromisoformat(item["at"]), item["text"],
                 item["owner"])
            for item in value["deeds"]
        )  # fmt: skip
        return AlertRecord(actions, value["about"])
    except (KeyError, TypeError, ValueError):
        return AlertRecord((), {})


def with_status(
    alerts: Alerts,
    records: Mapping[str, AlertRecord],
    acknowledgements: Mapping[str, Acknowledgement],
    owners: Mapping[str, str],
    at: datetime,
) -> pd.DataFrame:
    """Return the alerts with their status at a moment: alerts.table with more columns.

    The columns: life (STATUSES), open, owner, deeds (the actions up to then), kept (how many are
    stored), seen_at, seen_by, acted_at, acted_by, action, closed_at, closed_by, reason; to_seen,
    to_acted: time since it was raised. records: of `load_all`. acknowledgements: by case; all cases
    acknowledged counts as SEEN. owners: by rule, the first owner.
    """
    cases_by_alert = _cases_by_alert(alerts)
    alert_rows: list[Any] = list(alerts.table.itertuples())
    no_record = AlertRecord((), {})
    rows = [
        _build_status_row(
            row,
            records.get(row.key, no_record),
            _actions_from_acknowledgements(cases_by_alert.get(row.key, ()), row, acknowledgements),
            owners.get(row.rule, ""),
            at,
        )
        for row in alert_rows
    ]
    status = pd.DataFrame(rows, columns=list(_ADDED_COLUMNS), index=alerts.table.index)
    time_dtypes = dict.fromkeys(("seen_at", "acted_at", "closed_at"), "datetime64[us, UTC]")
    duration_dtypes = dict.fromkeys(("to_seen", "to_acted"), "timedelta64[us]")
    status = status.astype({**time_dtypes, **duration_dtypes, "open": "bool"})
    return pd.concat([alerts.table, status], axis=1)


_ADDED_COLUMNS = (
    "life", "open", "owner", "deeds", "kept", "seen_at", "seen_by", "acted_at", "acted_by",
    "action", "closed_at", "closed_by", "reason", "to_seen", "to_acted",
)  # fmt: skip


def _cases_by_alert(alerts: Alerts) -> dict[str, list[str]]:
    """Return the cases of each alert of _CASE_RULES."""
    rules = dict(zip(alerts.table["key"], alerts.table["rule"], strict=True))
    cases: dict[str, list[str]] = {}
    for key, member in zip(alerts.members["key"], alerts.members["member"], strict=True):
        if rules[key] in _CASE_RULES:
            cases.setdefault(key, []).append(member)
    return cases


def _actions_from_acknowledgements(
    cases: Collection[str], row: Any, acknowledgements: Mapping[str, Acknowledgement]
) -> tuple[AlertAction, ...]:
    """Return a SEEN action if all cases of the alert were acknowledged, at raised + response time.

    The recorded time itself is not used: it is of the server's clock, which differs in an exercise.
    """
    if not cases or not all(case in acknowledgements for case in cases):
        return ()
    last = max((acknowledgements[case] for case in cases), key=lambda item: item.response_time_s)
    at = row.raised.to_pydatetime() + timedelta(seconds=last.response_time_s)
    return (AlertAction(SEEN, last.by, at),)


def _build_status_row(
    row: Any, record: AlertRecord, acknowledged: tuple[AlertAction, ...], owner: str, at: datetime
) -> tuple[Any, ...]:
    known = [action for action in record.actions if action.at <= at]
    heard = [action for action in acknowledged if action.at <= at]
    history = sorted([*heard, *known], key=lambda action: action.at)
    actions = sorted([*heard, *list_standing(known)], key=lambda action: action.at)
    seen, acted, closed = (
        _first_action(actions, names) for names in (ACTIONS, (ACTED,), (CLOSED,))
    )
    owners = [a.owner for a in actions if a.owner]
    last = [a for a in actions if a.kind == ACTED]
    status = _status(row.ended, seen, acted, closed)
    return (
        status, status in OPEN, owners[-1] if owners else owner, tuple(history),
        len(record.actions),
        seen and seen.at, seen and seen.by, acted and acted.at, acted and acted.by,
        last[-1].text if last else None,
        closed and closed.at, closed and closed.by, closed and closed.text,
        seen and max(timedelta(0), seen.at - row.raised.to_pydatetime()),
        acted and max(timedelta(0), acted.at - row.raised.to_pydatetime()),
    )  # fmt: skip


def _first_action(actions: Sequence[AlertAction], kinds: Collection[str]) -> AlertAction | None:
    return next((action for action in actions if action.kind in kinds), None)


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
    """Return the records of alerts that no longer exist because all their rows were withdrawn."""
    existing = set(alerts.table["key"])
    return {
        key: record
        for key, record in records.items()
        if key not in existing and record.actions and record.actions[0].at <= at
    }
