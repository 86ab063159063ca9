"""A writer that goes on through the death of a server: what was not acknowledged, it sends again.

python failover_writer.py URL NAME ROWS: a line `NAME-TURN` after each acknowledged delivery.
"""

from __future__ import annotations

import sys
import time
from itertools import count

from situasi.store import StoreError, open_store
from tests.postgres import SCOPE
from tests.store.builders import delivery, numbered


def main(url: str, name: str, rows: int) -> None:
    store = open_store(url, SCOPE)
    print("ready", flush=True)
    for turn in count():
        mark = f"{name}-{turn}"
        sent = numbered(*range(rows), pelapor=mark)
        while True:
            try:
                with store.deliver(delivery(source=mark)) as writing:
                    writing.add(sent, [])
                break
            except StoreError:
                time.sleep(0.05)
        print(mark, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
