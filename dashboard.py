"""The door: `streamlit run dashboard.py` serves the board. Local use; see .streamlit/config.toml."""

import streamlit as st

from situasi.server.lifespan import lifespan
from situasi.server.routes import ROUTES

app = st.App("situasi/screen/frame.py", routes=ROUTES, lifespan=lifespan)
