"""The door: `streamlit run dashboard.py` serves the board on 127.0.0.1:8501."""

import streamlit as st
from starlette.middleware import Middleware

from situasi.server.lifespan import lifespan
from situasi.server.metrics import Counted
from situasi.server.routes import ROUTES

app = st.App(
    "situasi/screen/frame.py", routes=ROUTES, middleware=[Middleware(Counted)], lifespan=lifespan
)
