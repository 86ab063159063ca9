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
from situasi.analysis.alerts.episodes import GONE, Alerts
from situasi.store.interface import Overtaken, Store

KIND = "alert"
LONGEST = 300  # characters of what somebody says
SEEN, ACTED, CLOSED = "dilihat", "ditindak", "ditutup"
DEEDS = (SEEN, ACTED, CLOSED)
# Where an alert is in its life; the first four are what the newest deed made of it.
NEW, ENDED, RAISED, WITHDRAWN = "baru", "berakhir", "naik", "ditarik"
LIVES = (NEW, SEEN, ACTED, CLOSED, ENDED, RAISED)
OPEN = (NEW, SEEN, ACTED)
# Rules whose members are cases: who took note of such a case before the wall saw the alert.
_OF_CASES = ("berat", "keramaian")
# Rules of which the trail names no case: its readers may not see them.
_UNNAMED = ("netralitas",)


class DeedRefused(ValueError):
    """It cannot be done with this alert; the message says why."""


@dataclass(frozen=True)
class Deed:
    """What somebody did with an alert, on the clock of the board.

    text: what was done, or why it was closed. owner: who has it from then on; "": as before.
    """

    what: str
    by: str
    at: datetime
    text: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Kept:
    """What is kept of one alert. about: rule, level, kecamatan, raised, for when its rows are
    taken back."""

    deeds: tuple[Deed, ...]
    about: Mapping[str, Any]


def may_act(viewer: Viewer, rule: str, kecamatan: object) -> bool:
    """Whether they may see, act on and close an alert of this rule and kecamatan (None: of all)."""
    if viewer.link is not None or not viewer.role.may("tindak") or not viewer.covers(kecamatan):
        return False
    return rule not in _UNNAMED or viewer.role.may_see("netralitas")


def keep(
    store: Store,
    viewer: Viewer,
    key: str,
    deed: Deed,
    seen: int,
    about: Mapping[str, Any],
    now: datetime,
) -> Kept:
    """Write a deed down; what is kept then. seen: of how many deeds its doer knew.

    Whoever sees an alert that another saw or acted on in the meantime changes nothing. Raises
    Overtaken where somebody acted or closed in between, DeedRefused where it cannot be done or
    the alert is not this viewer's to act on, StoreError.
    """
    if not may_act(viewer, key.partition("|")[0], about.get("kecamatan")):
        raise DeedRefused("peringatan ini bukan dari wilayah atau peran Anda")
    text = " ".join(deed.text.split())[:LONGEST]
    if deed.what not in DEEDS or (deed.what != SEEN and not text):
        raise DeedRefused("tulis apa yang dilakukan" if deed.what == ACTED else "tulis alasannya")
    since = store.access_version()
    earlier = _read(store.remembered(KIND, key).get(key))
    if deed.what == SEEN and earlier.deeds:
        return earlier
    if len(earlier.deeds) != seen:
        raise Overtaken("orang lain lebih dahulu mencatat sesuatu pada peringatan ini")
    if earlier.deeds and earlier.deeds[-1].what == CLOSED:
        raise DeedRefused("peringatan ini sudah ditutup")
    owner = " ".join(deed.owner.split())[:LONGEST]
    done = Deed(deed.what, viewer.name, deed.at, text, owner)
    value = {
        "about": dict(about),
        "deeds": [_written(one) for one in (*earlier.deeds, done)],
    }
    told = {"alert": key, "what": done.what, "text": text, "owner": owner}
    if key.partition("|")[0] in _UNNAMED:
        told = {"alert": key.partition("|")[0], "what": done.what}
    with suppress(*((Overtaken,) if deed.what == SEEN else ())):
        store.remember(KIND, key, value, now, viewer.name, "alert", told, expected_seq=since)
    return _read(store.remembered(KIND, key).get(key))


def every(store: Store) -> dict[str, Kept]:
    """All that is kept, by the key of the alert."""
    return {key: _read(value) for key, value in store.remembered(KIND).items()}


def _written(deed: Deed) -> dict[str, str]:
    at = deed.at.astimezone(UTC).isoformat()
    return {"what": deed.what, "by": deed.by, "at": at, "text": deed.text, "owner": deed.owner}


def _read(value: Any) -> Kept:
    """A record that cannot be read is as none: an alert must not vanish for it."""
    try:
        deeds = tuple(
            Deed(one["what"], one["by"], datetime.fromisoformat(one["at"]), one["text"],
                 one["owner"])
            for one in value["deeds"]
        )  # fmt: skip
        return Kept(deeds, value["about"])
    except (KeyError, TypeError, ValueError):
        return Kept((), {})


def lives(
    found: Alerts,
    kept: Mapping[str, Kept],
    heeded: Mapping[str, Acknowledgement],
    owners: Mapping[str, str],
    at: datetime,
) -> pd.DataFrame:
    """The alerts with how far each is in its life, as of a moment: found.table and

    life (LIVES), open, owner, deeds (those done by then), kept (how many are kept), seen_at,
    seen_by, acted_at, acted_by, action, closed_at, closed_by, reason; to_seen, to_acted: how long
    that took from when it was raised. kept: of `every`. heeded: acknowledgements by case: whoever
    took note of all its cases before the wall saw it. owners: by rule, who has it first.
    """
    of_case = _cases(found)
    every_row: list[Any] = list(found.table.itertuples())
    nothing = Kept((), {})
    rows = [
        _life(
            row,
            kept.get(row.key, nothing),
            _heed(of_case.get(row.key, ()), row, heeded),
            owners.get(row.rule, ""),
            at,
        )
        for row in every_row
    ]
    more = pd.DataFrame(rows, columns=list(_ADDED), index=found.table.index)
    times = dict.fromkeys(("seen_at", "acted_at", "closed_at"), "datetime64[us, UTC]")
    spans = dict.fromkeys(("to_seen", "to_acted"), "timedelta64[us]")
    return pd.concat([found.table, more.astype({**times, **spans, "open": "bool"})], axis=1)


_ADDED = (
    "life", "open", "owner", "deeds", "kept", "seen_at", "seen_by", "acted_at", "acted_by",
    "action", "closed_at", "closed_by", "reason", "to_seen", "to_acted",
)  # fmt: skip


def _cases(found: Alerts) -> dict[str, list[str]]:
    """The cases of each alert of _OF_CASES."""
    rules = dict(zip(found.table["key"], found.table["rule"], strict=True))
    cases: dict[str, list[str]] = {}
    for key, member in zip(found.members["key"], found.members["member"], strict=True):
        if rules[key] in _OF_CASES:
            cases.setdefault(key, []).append(member)
    return cases


def _heed(
    cases: Collection[str], row: Any, heeded: Mapping[str, Acknowledgement]
) -> tuple[Deed, ...]:
    """That the cases of an alert were taken note of before the wall: so long after it was raised.

    Not at what time: a note is written on the clock of the server, which an exercise is not on.
    """
    if not cases or not all(case in heeded for case in cases):
        return ()
    last = max((heeded[case] for case in cases), key=lambda one: one.seconds)
    at = row.raised.to_pydatetime() + timedelta(seconds=last.seconds)
    return (Deed(SEEN, last.by, at),)


def _life(
    row: Any, kept: Kept, heed: tuple[Deed, ...], owner: str, at: datetime
) -> tuple[Any, ...]:
    deeds = sorted((one for one in (*heed, *kept.deeds) if one.at <= at), key=lambda one: one.at)
    seen, acted, closed = (_first(deeds, names) for names in (DEEDS, (ACTED,), (CLOSED,)))
    named = [one.owner for one in deeds if one.owner]
    last = [one for one in deeds if one.what == ACTED]
    life = _state(row.ended, seen, acted, closed)
    return (
        life, life in OPEN, named[-1] if named else owner, tuple(deeds), len(kept.deeds),
        seen and seen.at, seen and seen.by, acted and acted.at, acted and acted.by,
        last[-1].text if last else None,
        closed and closed.at, closed and closed.by, closed and closed.text,
        seen and max(timedelta(0), seen.at - row.raised.to_pydatetime()),
        acted and max(timedelta(0), acted.at - row.raised.to_pydatetime()),
    )  # fmt: skip


def _first(deeds: Sequence[Deed], names: Collection[str]) -> Deed | None:
    return next((one for one in deeds if one.what in names), None)


def _state(ended: Any, seen: Deed | None, acted: Deed | None, closed: Deed | None) -> str:
    if closed:
        return CLOSED
    if isinstance(ended, str):
        return ENDED if ended == GONE else RAISED
    return ACTED if acted else SEEN if seen else NEW


def withdrawn(found: Alerts, kept: Mapping[str, Kept], at: datetime) -> dict[str, Kept]:
    """What people did with alerts that are no more: all rows behind them were taken back."""
    there = set(found.table["key"])
    return {
        key: one
        for key, one in kept.items()
        if key not in there and one.deeds and one.deeds[0].at <= at
    }
