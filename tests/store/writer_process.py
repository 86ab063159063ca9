"""A writer to be killed: delivers and signs in without end, a line after each delivery.

python writer_process.py URL NAME ROWS [TIMES]
"""

from __future__ import annotations

import sys
from itertools import count, islice

from situasi.store import open_store
from tests.postgres import SCOPE
from tests.store.builders import MORNING, delivery, numbered, rejection


def main(url: str, name: str, rows: int, times: int | None) -> None:
    store = open_store(url, SCOPE)
    numbers = range(rows)
    print("ready", flush=True)
    sys.stdin.readline()
    for turn in islice(count(), times):
        mark = f"{name}-{turn}"
        with store.deliver(delivery(source=mark)) as writing:
            half = rows // 2
            one = writing.add(numbered(*numbers[:half], pelapor=mark), [rejection(raw={"k": mark})])
            two = writing.add(numbered(*numbers[half:], pelapor=mark), [])
        print(mark, one.accepted + two.accepted, one.duplicate + two.duplicate, flush=True)
        store.put_record("session", mark, {"user": name}, MORNING, name, "sign-in", {"turn": turn})
        store.log_audit("saw", name, MORNING, {"page": "situasi"})
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if sys.argv[4:] else None)
