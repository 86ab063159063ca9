"""A sync to be killed: sends without end, a line after each piece.

python sync_process.py FROM TO
"""

from __future__ import annotations

import sys
from itertools import count

from situasi.store import Scope, open_store, replication

SCOPE = Scope("pilkada-2024", "16.10")


def main(url: str, to: str, once: bool) -> None:
    if not once:
        replication._MAX_BATCH_ROWS = 60  # many pieces: more moments at which to be killed
    source, target = open_store(url, SCOPE), open_store(to, SCOPE)
    print("ready", flush=True)
    for _ in count():
        for flown in replication.replicate(source, target):
            print(flown.last_entry, flush=True)
        if once:
            break
    source.close()
    target.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:] == ["once"])
