"""The door: `streamlit run dashboard.py` serves the board on 127.0.0.1:8501."""

from situasi.server import memory

memory.loading()  # before all else is loaded; the lifespan ends it

from pathlib import Path

import streamlit as st
from google.protobuf.message import DecodeError
from starlette.middleware import Middleware
from streamlit import delta_generator
from streamlit.elements import exception
from streamlit.proto.AuthRedirect_pb2 import AuthRedirect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import Runtime, app_session, media_file_manager, runtime
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.state import SafeSessionState

from situasi import board as house
from situasi.screen import session
from situasi.server import (
    acts,
    beats,
    failing,
    guests,
    oidc,
    signin,
    start,
    taken,
    theming,
    together,
)
from situasi.server.lifespan import lifespan
from situasi.server.metrics import Counted
from situasi.server.routes import ROUTES
from situasi.server.wall import routes as wall

# What a page needs to say. All else drives the server for everybody (empties caches, ends it) or
# asks it for what is nobody's business (git), and each of the latter holds up all others.
SAYS = frozenset(
    {
        "rerun_script",
        "stop_script",
        "app_heartbeat",
        "file_urls_request",
        "backend_operation_request",
    }
)


def heeds(said: bytes) -> bool:
    """Whether Streamlit is given this message of a browser to hear."""
    try:
        return BackMsg.FromString(said).WhichOneof("type") in SAYS
    except DecodeError:
        return True  # it closes the WebSocket upon what is no message


def keeps_file(script: str, file: str) -> bool:
    """Whether Streamlit still keeps this uploaded file of a script session."""
    return bool(Runtime.instance().uploaded_file_mgr.get_files(script, [file]))


# What Streamlit does at every run, or lets a heartbeat say, and need not.
theming.once(app_session, CustomThemeConfig)
memory.seldom(script_runner)
together.send(app_session.AppSession, runtime)
beats.tell_nothing(script_requests.ScriptRequests)
acts.carry_out(script_requests, SafeSessionState)
# And one that it does too early, and one that it does at the first.
taken.stay(media_file_manager)
start.served(delta_generator)
# Its words for what fails are of its cloud.
failing.say(exception)

# Of a command above many boards, a page says of which it is.
house.choose(session.chosen_board)

gate = start.gate(
    st.get_option("server.address"),
    shell=Path(st.__file__).parent / "static" / "index.html",
    # "Go to nowhere" loads the same address again, and the gate then asks to sign in.
    farewell=ForwardMsg(auth_redirect=AuthRedirect(url="")).SerializeToString(),
    heeds=heeds,
    keeps_file=keeps_file,
)
app = st.App(
    "situasi/screen/frame.py",
    routes=[*ROUTES, *wall.ROUTES, *guests.ROUTES, *signin.ROUTES, *oidc.ROUTES],
    lifespan=lifespan,
    # Counted stands before the gate: what is refused is counted too.
    middleware=[Middleware(Counted), gate],
)
