"""Parsing of messages between browser and Streamlit, for the middleware."""

import re

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime

from situasi.ui import auto_refresh

# Messages that a page needs. All others control the server for everybody (clear caches, stop it) or
# ask for what is nobody's business (git), and each of the latter blocks all others.
ALLOWED_MESSAGES = frozenset((
    "rerun_script", "stop_script", "app_heartbeat", "file_urls_request",
    "backend_operation_request",
))  # fmt: skip
# Widgets in a message; the fullest page has some hundreds. Streamlit needs many times the size of
# the message for each.
MAX_WIDGETS = 4000
# Operations that a page needs: files, rows of tables. Another writes into the board's folder.
_ALLOWED_OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
_REQUEST_ID = re.compile(r"[\w.:-]{0,100}", re.ASCII)
_MAX_MESSAGE_BYTES = 64 * 1024  # a message with a session id or file; a page itself is larger


def is_allowed(data: bytes, session_id: str) -> bool:
    """Return whether Streamlit may receive this message of a browser, and needs to.

    A tick of a page that is as it was drawn needs no answer: each costs the browser a tenth of a
    second of processor time, even if nothing changes.
    """
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return True  # Streamlit closes the WebSocket on an invalid message
    kind = message.WhichOneof("type")
    if kind == "rerun_script":
        request = message.rerun_script
        if request.is_auto_rerun and auto_refresh.is_unchanged(
            session_id, request.fragment_id, request.query_string
        ):
            return False
        return len(request.widget_states.widgets) <= MAX_WIDGETS
    if kind != "backend_operation_request":
        return kind in ALLOWED_MESSAGES
    operation = message.backend_operation_request
    payload = operation.WhichOneof("payload")
    return payload in _ALLOWED_OPERATIONS and bool(_REQUEST_ID.fullmatch(operation.request_id))


def read_session_and_file(data: bytes) -> tuple[str, str]:
    """Return the session id and the path of a file in a message to a browser, or ""."""
    if len(data) > _MAX_MESSAGE_BYTES:
        return "", ""
    try:
        message = ForwardMsg.FromString(data)
    except DecodeError:
        return "", ""
    match message.WhichOneof("type"):
        case "new_session":
            return message.new_session.initialize.session_id, ""
        case "backend_operation_response":
            return "", _url_path(message.backend_operation_response.deferred_file.url)
        case "page_config_changed":
            return "", _url_path(message.page_config_changed.favicon)
    return "", ""


def _url_path(url: str) -> str:
    return url.partition("?")[0]


def has_uploaded_file(session_id: str, file_id: str) -> bool:
    """Return whether Streamlit still has this uploaded file of a session."""
    return bool(Runtime.instance().uploaded_file_mgr.get_files(session_id, [file_id]))
