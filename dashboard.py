"""The door: `streamlit run dashboard.py` serves the board on 127.0.0.1:8501."""

from situasi.server import gc_tuning

gc_tuning.pause_gc()  # before all else is loaded; the lifespan ends it

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import delta_generator
from streamlit.elements import exception
from streamlit.proto.AuthRedirect_pb2 import AuthRedirect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import (
    app_session,
    backend_operation_handler,
    media_file_manager,
    memory_session_storage,
    runtime,
)
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.state import SafeSessionState

from situasi import board as house
from situasi.server import file_descriptors, logging_setup, startup_checks
from situasi.server.auth import guest_login, login, oidc_login, password_change, websocket
from situasi.server.connection_limits import ConnectionLimitMiddleware
from situasi.server.lifespan import lifespan
from situasi.server.metrics import MetricsMiddleware
from situasi.server.routes import ROUTES
from situasi.server.wall import routes as wall
from situasi.streamlit_patches import (
    acts,
    auto_rerun_state,
    callback_batches,
    deferred_files,
    kept_downloads,
    parked_sessions,
    script_loops,
    theme,
)
from situasi.ui import browser_messages, errors, session

# What Streamlit does at every run, or lets a heartbeat say, and need not.
theme.cache_theme_sections(app_session, CustomThemeConfig)
callback_batches.batch_messages(app_session.AppSession, runtime)
auto_rerun_state.ignore_widget_state(script_requests.ScriptRequests)
acts.serialize_acts(script_requests, SafeSessionState)
# What each visitor would hold of this machine for long.
file_descriptors.raise_limit()
script_loops.use_lazy_loops(app_session)
parked_sessions.use_parked_sessions(memory_session_storage, websocket.CURRENT_WEBSOCKET.get)
# And one that it does too early, and one that it does at the first.
kept_downloads.keep_downloads(media_file_manager)
startup_checks.skip_bare_run_check(delta_generator)
# One that it gives to whoever asks.
deferred_files.restrict_to_offering_page(backend_operation_handler)
# What comes from outside makes no second line of a log, whoever writes it.
logging_setup.escape_records()
# Its words for what fails are of its cloud.
errors.set_error_message(exception)

# Of a command above many boards, a page says of which it is.
house.set_board_resolver(session.resolve_board)

gate = startup_checks.build_auth_middleware(
    st.get_option("server.address"),
    shell_path=Path(st.__file__).parent / "static" / "index.html",
    # "Go to nowhere" loads the same address again, and the gate then asks to sign in.
    redirect_message=ForwardMsg(auth_redirect=AuthRedirect(url="")).SerializeToString(),
    accepts_message=browser_messages.is_allowed,
    read_references=browser_messages.read_session_and_file,
    has_file=browser_messages.has_uploaded_file,
)
app = st.App(
    "pages/app.py",
    routes=[
        *ROUTES,
        *wall.ROUTES,
        *guest_login.ROUTES,
        *login.ROUTES,
        *password_change.ROUTES,
        *oidc_login.ROUTES,
    ],
    lifespan=lifespan,
    # Counted stands before the gate: what is refused is counted too.
    middleware=[Middleware(ConnectionLimitMiddleware), Middleware(MetricsMiddleware), gate],
)
