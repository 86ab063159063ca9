"""Read what passes between a browser and Streamlit, for the gate, which knows nothing of it."""

from __future__ import annotations

import re

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime

# What a page needs to say. All else drives the server for everybody (empties caches, ends it) or
# asks it for what is nobody's business (git), and each of the latter holds up all others.
ALLOWED_MESSAGES = frozenset(
    {
        "rerun_script",
        "stop_script",
        "app_heartbeat",
        "file_urls_request",
        "backend_operation_request",
    }
)
# Widgets of which a message tells; the fullest page has some hundreds. Streamlit keeps of each many
# times what it takes in the message.
MAX_WIDGETS = 4000
# What a page asks for: its files, rows of its tables. Another writes into the folder of the board.
_ALLOWED_OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
_REQUEST_ID = re.compile(r"[\w.:-]{0,100}", re.ASCII)
_MAX_MESSAGE_BYTES = 64 * 1024  # bytes of a message that tells a name; a page itself is larger


def is_allowed(data: bytes) -> bool:
    """Tell whether Streamlit is given this message of a browser to hear."""
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return True  # it closes the WebSocket upon what is no message
    kind = message.WhichOneof("type")
    if kind == "rerun_script":
        return len(message.rerun_script.widget_states.widgets) <= MAX_WIDGETS
    if kind != "backend_operation_request":
        return kind in ALLOWED_MESSAGES
    asked = message.backend_operation_request
    payload = asked.WhichOneof("payload")
    return payload in _ALLOWED_OPERATIONS and bool(_REQUEST_ID.fullmatch(asked.request_id))


def read_session_and_file(data: bytes) -> tuple[str, str]:
    """Read from a message to a browser the name of its script and the address of a file, or ""."""
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
    """Tell whether Streamlit still keeps this uploaded file of a script session."""
    return bool(Runtime.instance().uploaded_file_mgr.get_files(session_id, [file_id]))
