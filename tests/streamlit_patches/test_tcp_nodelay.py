"""Every message leaves at once, however small."""

from __future__ import annotations

import socket

from situasi.streamlit_patches import tcp_nodelay


def _waits(one: socket.socket) -> bool:
    return not one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_listens_sends_at_once_on_all_that_it_accepts() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert _waits(listening), "else there is nothing to mend"
        assert tcp_nodelay.set_tcp_nodelay() >= 1
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert not _waits(accepted)


def test_what_does_not_listen_is_left_alone() -> None:
    with socket.socket() as idle, socket.socket(socket.AF_UNIX) as other, socket.socket() as gone:
        gone.close()
        tcp_nodelay.set_tcp_nodelay()
        assert _waits(idle)
        assert other.fileno() >= 0
