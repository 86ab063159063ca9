"""Entry point: `streamlit run dashboard.py` serves the board on 127.0.0.1:8501."""

from situasi.server import gc_tuning

gc_tuning.pause_gc()  # before everything else is imported; the lifespan resumes it

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

from situasi import board
from situasi.server import file_descriptors, logging_setup, startup_checks
from situasi.server.auth import guest_login, login, oidc_login, password_change, websocket
from situasi.server.connection_limits import ConnectionLimitMiddleware
from situasi.server.lifespan import lifespan
from situasi.server.metrics import MetricsMiddleware
from situasi.server.routes import ROUTES
from situasi.server.wall import routes as wall_routes
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

# Work that Streamlit does at every run, or lets a heartbeat do, without need.
theme.cache_theme_sections(app_session, CustomThemeConfig)
callback_batches.batch_messages(app_session.AppSession, runtime)
auto_rerun_state.ignore_widget_state(script_requests.ScriptRequests)
acts.serialize_acts(script_requests, SafeSessionState)
# Resources of this machine that each visitor would hold for long.
file_descriptors.raise_limit()
script_loops.use_lazy_loops(app_session)
parked_sessions.use_parked_sessions(memory_session_storage, websocket.CURRENT_WEBSOCKET.get)
# One thing that Streamlit does too early, and one that it does at the first element.
kept_downloads.keep_downloads(media_file_manager)
startup_checks.skip_bare_run_check(delta_generator)
# Files that Streamlit gives to whoever asks.
deferred_files.restrict_to_offering_page(backend_operation_handler)
# External input must not create log lines of its own.
logging_setup.escape_records()
# Streamlit's error text refers to its cloud.
errors.set_error_message(exception)

# A command above has many boards: each page tells which one it shows.
board.set_board_resolver(session.resolve_board)

auth_middleware = startup_checks.build_auth_middleware(
    st.get_option("server.address"),
    shell_path=Path(st.__file__).parent / "static" / "index.html",
    # A redirect to an empty URL reloads the page, and the middleware then asks to sign in.
    redirect_message=ForwardMsg(auth_redirect=AuthRedirect(url="")).SerializeToString(),
    accepts_message=browser_messages.is_allowed,
    read_references=browser_messages.read_session_and_file,
    has_file=browser_messages.has_uploaded_file,
)
app = st.App(
    "pages/app.py",
    routes=[
        *ROUTES,
        *wall_routes.ROUTES,
        *guest_login.ROUTES,
        *login.ROUTES,
        *password_change.ROUTES,
        *oidc_login.ROUTES,
    ],
    lifespan=lifespan,
    # Metrics come before authentication, so that refused requests are counted too.
    middleware=[
        Middleware(ConnectionLimitMiddleware),
        Middleware(MetricsMiddleware),
        auth_middleware,
    ],
)
