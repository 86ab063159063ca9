"""Runs a command where there is no network: `unshare -rn python cut_off.py COMMAND ...`.

Only loopback is there. Exit 97 where a way out is left, for then nothing would be proven.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

WAY_OUT = 97
OUTSIDE = ("192.0.2.1", "8.8.8.8", "10.0.0.1")  # the first is of no network at all


def main() -> None:
    loopback_up()
    if routes() or any(map(is_reached, OUTSIDE)):
        sys.exit(WAY_OUT)
    os.execvp(sys.argv[1], sys.argv[1:])


def loopback_up() -> None:
    up, running, set_flags = 0x1, 0x40, 0x8914
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        fcntl.ioctl(asked, set_flags, struct.pack("16sh14x", b"lo", up | running))


def routes() -> list[str]:
    return Path("/proc/net/route").read_text("ascii").splitlines()[1:]


def is_reached(address: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
        line.settimeout(3)
        return line.connect_ex((address, 443)) != errno.ENETUNREACH


if __name__ == "__main__":
    main()
