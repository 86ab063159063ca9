"""Any sequence of deeds leaves the real store as the slow obvious one."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from pandas.testing import assert_frame_equal

from situasi.domain.feed_schemas import FEEDS
from situasi.store import Rejection, Scope, Store, StoreError, open_store
from tests.effort import effort, examples
from tests.store.builders import MORNING, delivery, frame, rejection, row
from tests.store.slow import MemoryStore, seals

_FEED = st.sampled_from(["incidents", "tps"])
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from([None, "", "a", "b"]),
            "uraian": st.sampled_from([None, "", "\x1f", "banjir"]),
            "latihan": st.booleans(),
            "row": st.integers(1, 9),
        }
    ),
    max_size=6,
)
_REJECTED = st.lists(
    st.builds(rejection, st.integers(1, 9), raw=st.sampled_from([{"k": "1"}, {"k": "2"}, {}])),
    max_size=3,
)
_ENDS = st.sampled_from(["commit", "commit", "commit", "discard", "raise"])


class _Fault(Exception):
    pass


def number_at(store: Any, place: int) -> int:
    """The number in quarantine at this place; one that never was where there is none."""
    numbers = [one.number for one in store.quarantined_rows(include_released=True)]
    return numbers[place] if place < len(numbers) else 9999


def remembered(store: Any) -> dict[str, Any]:
    """Everything a store tells. Numbers of rows become places: only their order is promised."""
    told: dict[str, Any] = {"version": store.version(), "notes": store.latest_notes()}
    told["batches"] = store.batches()
    trail = store.audit_entries()
    assert trail["chain"].tolist() == seals(trail)
    assert store.audit_head() == (len(trail), ["0" * 64, *trail["chain"]][-1])
    assert store.verify() == store.verify(trail["chain"].iloc[0] if len(trail) else None) == []
    told["audit"] = trail.drop(columns=["detail", "chain"])
    told["access"] = [store.latest_records(kind) for kind in "kl"]
    told["one"] = [store.latest_records("k", name) for name in ("", "a", "b\x00")]
    told["access_version"] = store.access_version()
    kept = store.quarantined_rows(include_released=True)
    told["quarantine"] = [replace(one, number=place) for place, one in enumerate(kept)]
    told["waiting"] = [
        [one.number for one in kept].index(one.number) for one in store.quarantined_rows()
    ]
    waiting = [one for one in kept if one.released_by is None]
    told["counted"] = store.quarantine_counts()
    assert told["counted"] == Counter(one.feed for one in waiting)
    assert store.quarantined_rows(numbers=[one.number for one in kept]) == waiting
    held = store.quarantine_frame()
    assert held["number"].tolist() == [one.number for one in waiting]
    told["held"] = held.drop(columns="number")
    places: dict[tuple[str, int], int] = {}
    for name in ("incidents", "tps"):
        rows = store.rows_after(FEEDS[name])
        places |= {(name, seq): place for place, seq in enumerate(rows["seq"])}
        assert rows["seq"].is_monotonic_increasing and rows["seq"].is_unique
        told[name] = rows.drop(columns="seq")
        for seq in rows["seq"].tail(3):
            assert_frame_equal(
                store.rows_after(FEEDS[name], seq), rows[rows["seq"] > seq].reset_index(drop=True)
            )
    taken = store.withdrawals()
    told["withdrawn"] = [places[key] for key in zip(taken["feed"], taken["row_seq"], strict=True)]
    told["withdrawals"] = taken.drop(columns="row_seq")
    return told


class StoreAgainstModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.url, self.scope = self.fresh()
        self.real: Store = open_store(self.url, self.scope)
        self.model = MemoryStore()
        self.at = MORNING

    def fresh(self) -> tuple[str, Scope | None]:
        """Address and scope of an empty store."""
        return f"sqlite:///{(Path(self.folder.name) / 'situasi.db').as_posix()}", None

    def both(self, deed: Any) -> None:
        """Call a method of the store and of the model; check that results or errors are equal."""
        self.at += timedelta(minutes=1)
        told = []
        for store in (self.real, self.model):
            try:
                told.append(deed(store))
            except (StoreError, _Fault) as refusal:
                told.append(type(refusal))
        assert told[0] == told[1]

    @rule(feed=_FEED, rows=_ROWS, more=_ROWS, rejected=_REJECTED, end=_ENDS,
          places=st.lists(st.integers(0, 3), max_size=2))  # fmt: skip
    def deliver(self, feed: str, rows: list[dict[str, Any]], more: list[dict[str, Any]],
                rejected: list[Rejection], end: str, places: list[int]) -> None:  # fmt: skip
        parts = [frame(*(row(feed, **one) for one in part), feed=feed) for part in (rows, more)]

        def deed(store: Any) -> Any:
            with store.deliver(delivery(feed=feed, recorded_at=self.at)) as writing:
                told = [writing.add(parts[0], rejected), writing.add(parts[1], [])]
                writing.release([number_at(store, place) for place in places])
                if end == "discard":
                    writing.discard()
                if end == "raise":
                    raise _Fault
            read = len(rows) + len(more) + len(rejected)
            assert sum(one.accepted + one.duplicate + one.quarantined for one in told) == read
            return told

        self.both(deed)

    @rule(batch=st.integers(1, 6))
    def withdraw(self, batch: int) -> None:
        self.both(lambda store: store.withdraw(batch, self.at, "operator"))

    @rule(key=st.sampled_from("ab"), value=st.none() | st.text(max_size=3) | st.integers())
    def note(self, key: str, value: Any) -> None:
        self.both(lambda store: store.put_note(key, value, self.at, "operator"))

    @rule(
        kind=st.sampled_from("kl"),
        name=st.sampled_from(["a", "A", "b\x00", ""]),
        value=st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
        action=st.sampled_from([None, "sign-in"]),
        seen=st.none() | st.integers(0, 6),
    )
    def remember(
        self, kind: str, name: str, value: Any, action: str | None, seen: int | None
    ) -> None:
        self.both(
            lambda store: store.put_record(
                kind, name, value, self.at, "admin", action, {"a": 1}, expected_seq=seen
            )
        )

    @rule(actor=st.text(max_size=4), detail=st.dictionaries(st.text(max_size=2), st.text()))
    def tell(self, actor: str, detail: dict[str, str]) -> None:
        self.both(lambda store: store.log_audit("saw", actor, self.at, detail))

    @rule()
    def reopen(self) -> None:
        self.real.close()
        self.real = open_store(self.url, self.scope)

    @invariant()
    def the_version_is_the_same(self) -> None:
        assert self.real.version() == self.model.version()

    @rule()
    def the_same_is_remembered(self) -> None:
        real, model = remembered(self.real), remembered(self.model)
        for name, told in model.items():
            if isinstance(told, pd.DataFrame):
                assert_frame_equal(real[name], told)
            else:
                assert real[name] == told, name

    def teardown(self) -> None:
        self.the_same_is_remembered()
        self.real.close()
        self.folder.cleanup()


class PostgresAgainstModel(StoreAgainstModel):
    """The same steps on PostgreSQL: each run in a scope of its own, all in one database."""

    database = ""
    lives = itertools.count(1)

    def fresh(self) -> tuple[str, Scope | None]:
        return self.database, Scope("pilkada-2024", f"16.{next(self.lives)}")


_LITTLE = settings(
    max_examples=examples(25),
    stateful_step_count=12,
    suppress_health_check=[HealthCheck.too_slow],
)
TestStoreAgainstModel = StoreAgainstModel.TestCase
TestStoreAgainstModel.settings = _LITTLE


def test_postgres_against_the_model(database: str) -> None:
    PostgresAgainstModel.database = database
    run_state_machine_as_test(
        PostgresAgainstModel, settings=settings(_LITTLE, max_examples=effort(12, check=4))
    )
