"""Sending: every message leaves at once."""

from __future__ import annotations

import gc
import socket


def set_tcp_nodelay() -> int:
    """Have the sockets of this process that listen send without waiting; how many there are.

    Streamlit binds its own, of which asyncio does not know that they are TCP (uvicorn #3149):
    each small message then waited up to 40 ms for the other side to say that it had the last.
    What is set on the socket that listens holds for all that it accepts.
    """
    # Among half a million objects: whatever is asked of each of them takes long.
    plain = socket.socket
    listening = [one for one in gc.get_objects() if type(one) is plain and _is_listening_tcp(one)]
    for one in listening:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return len(listening)


def _is_listening_tcp(candidate: socket.socket) -> bool:
    if candidate.fileno() < 0:
        return False
    if (
        candidate.family not in (socket.AF_INET, socket.AF_INET6)
        or candidate.type != socket.SOCK_STREAM
    ):
        return False
    return bool(candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
