"""The entry point: `streamlit run dashboard.py` serves the board on 127.0.0.1:8501."""

from situasi.server import gc_tuning

gc_tuning.pause_gc()  # before everything else is imported; the lifespan resumes it

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.proto.AuthRedirect_pb2 import AuthRedirect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from situasi import board, streamlit_patches
from situasi.server import file_descriptors, logging_setup, startup_checks
from situasi.server.auth import guest_login, login, oidc_login, password_change
from situasi.server.frontend import routes as frontend
from situasi.server.lifespan import lifespan
from situasi.server.metrics_endpoint import MetricsMiddleware
from situasi.server.protocol_setup import ConnectionLimitMiddleware
from situasi.server.routes import ROUTES
from situasi.server.wall import routes as wall
from situasi.ui import browser_messages, errors, session

logging_setup.escape_records()
file_descriptors.raise_limit()
streamlit_patches.apply_all()
board.set_board_resolver(session.resolve_board)

auth_middleware = startup_checks.build_auth_middleware(
    st.get_option("server.address"),
    shell_path=Path(st.__file__).parent / "static" / "index.html",
    # "Go to nowhere" loads the same address again, which then asks to sign in.
    redirect_message=ForwardMsg(auth_redirect=AuthRedirect(url="")).SerializeToString(),
    accepts_message=browser_messages.is_allowed,
    read_references=browser_messages.read_session_and_file,
    has_file=browser_messages.has_uploaded_file,
)
app = st.App(
    "pages/app.py",
    routes=[
        *frontend.PAGE_ROUTES,
        *ROUTES,
        *wall.ROUTES,
        *guest_login.ROUTES,
        *login.ROUTES,
        *password_change.ROUTES,
        *oidc_login.ROUTES,
        *frontend.UNKNOWN_PAGE_ROUTES,
    ],
    lifespan=lifespan,
    on_script_error=errors.on_script_error,
    # Metrics come before auth: refused requests are counted too.
    middleware=[
        Middleware(ConnectionLimitMiddleware),
        Middleware(MetricsMiddleware),
        auth_middleware,
    ],
)
