"""The door: `streamlit run dashboard.py` serves the board on 127.0.0.1:8501."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.proto.AuthRedirect_pb2 import AuthRedirect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from situasi.server import guests, oidc, signin, start
from situasi.server.lifespan import lifespan
from situasi.server.metrics import Counted
from situasi.server.routes import ROUTES

gate = start.gate(
    st.get_option("server.address"),
    shell=Path(st.__file__).parent / "static" / "index.html",
    # "Go to nowhere" loads the same address again, and the gate then asks to sign in.
    farewell=ForwardMsg(auth_redirect=AuthRedirect(url="")).SerializeToString(),
)
app = st.App(
    "situasi/screen/frame.py",
    routes=[*ROUTES, *guests.ROUTES, *signin.ROUTES, *oidc.ROUTES],
    lifespan=lifespan,
    # Counted stands before the gate: what is refused is counted too.
    middleware=[Middleware(Counted), gate],
)
