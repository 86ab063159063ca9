"""The door: `streamlit run dashboard.py` serves the board on 127.0.0.1:8501."""

import streamlit as st

from situasi.server.lifespan import lifespan
from situasi.server.routes import ROUTES

app = st.App("situasi/screen/frame.py", routes=ROUTES, lifespan=lifespan)
