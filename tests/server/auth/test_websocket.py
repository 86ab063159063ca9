"""What is bound to a session of a browser stays bound, whatever others say."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from situasi.server.auth import websocket
from situasi.server.auth.websocket import ScriptSessionOwners
from situasi.ui.browser_messages import is_allowed, read_session_and_file


def new_session(script: str, name: str = "") -> bytes:
    said = ForwardMsg()
    said.new_session.initialize.session_id = script
    said.new_session.name = name
    return said.SerializeToString()


def heard(book: ScriptSessionOwners, key: str, *messages: bytes) -> None:
    listener = book.create_listener(key, read_session_and_file)
    for message in messages:
        listener.observe({"type": "websocket.send", "bytes": message})


def test_a_message_full_of_names_makes_nobody_elses_forgotten() -> None:
    book, mine = ScriptSessionOwners(), str(uuid4())
    heard(book, "siti", new_session(mine))
    flood = "".join(str(uuid4()) for _ in range(20_000))  # 740 KB, as the attack was
    for _ in range(50):
        heard(book, "budi", new_session(str(uuid4()), name=flood), flood.encode())
    for _ in range(30_000):
        book.bind("budi", str(uuid4()), f"/media/{uuid4()}")
    assert book.owns("siti", mine)
    assert not book.is_foreign("siti", f"/_stcore/upload_file/{mine}/1")
    assert book.is_foreign("budi", f"/_stcore/upload_file/{mine}/1")


def test_only_so_much_is_kept_for_each_session_and_in_all() -> None:
    standing = {"siti"}
    book = ScriptSessionOwners(lambda key: key in standing)
    heard(book, "siti", new_session("a" * 8))
    for number in range(websocket._MAX_SESSIONS * 2):
        book.bind(f"key {number}", f"script {number}")
    assert len(book._owned_by_session) <= websocket._MAX_SESSIONS
    assert len(book._owner_by_script) <= websocket._MAX_SESSIONS
    assert book.owns("siti", "a" * 8)
    for number in range(1000):
        book.bind("siti", f"own {number}", f"/media/{number}")
    own = book._owned_by_session["siti"]
    assert len(own.scripts) == websocket._MAX_SCRIPTS and len(own.files) == websocket._MAX_FILES
    assert len(book._owner_by_script) <= websocket._MAX_SESSIONS + websocket._MAX_SCRIPTS


def test_a_script_is_of_whom_it_was_first_told_to() -> None:
    book = ScriptSessionOwners()
    heard(book, "siti", new_session("x"))
    heard(book, "budi", new_session("x"))
    assert book.owns("siti", "x") and not book.owns("budi", "x")


def file_told(address: str) -> bytes:
    said = ForwardMsg()
    said.backend_operation_response.deferred_file.url = address
    return said.SerializeToString()


def test_a_file_is_fetched_only_by_whom_its_address_was_told() -> None:
    book, path = ScriptSessionOwners(), "/media/0123abcd.csv"
    heard(book, "siti", *[b""] * 20, file_told(f"{path}?title=x"))
    assert not book.is_foreign("siti", path)
    assert book.is_foreign("budi", path) and book.is_foreign("", path)
    assert book.is_foreign("siti", "/media/other.csv")


def test_an_address_that_is_only_written_on_a_page_is_not_told() -> None:
    book, said = ScriptSessionOwners(), ForwardMsg()
    said.delta.new_element.markdown.body = "/media/0123abcd.csv"
    heard(book, "budi", said.SerializeToString())
    assert book.is_foreign("budi", "/media/0123abcd.csv")


def asks(**payload: object) -> BackMsg:
    said = BackMsg()
    said.backend_operation_request.request_id = "a1-b2"
    for name, value in payload.items():
        getattr(said.backend_operation_request, name).SetInParent()
        if value:
            said.backend_operation_request.deferred_file.file_id = str(value)
    return said


def test_a_page_asks_for_its_files_and_rows_and_for_nothing_that_writes() -> None:
    assert is_allowed(asks(deferred_file="f").SerializeToString(), "")
    assert is_allowed(asks(dataframe_chunk="").SerializeToString(), "")
    for name in ("install_skills", "dismiss_skills_nudge"):
        assert not is_allowed(asks(**{name: ""}).SerializeToString(), "")
    assert not is_allowed(asks().SerializeToString(), "")


@given(text=st.text(min_size=1).filter(lambda text: not text.isascii() or not text.isprintable()))
def test_a_request_is_named_by_plain_signs(text: str) -> None:
    said = asks(deferred_file="f")
    said.backend_operation_request.request_id = text
    assert not is_allowed(said.SerializeToString(), "")


@given(st.binary(max_size=300))
def test_what_is_no_message_tells_nothing(said: bytes) -> None:
    assert len(read_session_and_file(said)) == 2
    assert read_session_and_file(b"\xff" * 100_000) == ("", "")
