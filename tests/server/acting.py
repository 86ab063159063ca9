"""What a page of a test does, and where it is held: the script and the test share this module."""

from __future__ import annotations

import threading
from typing import Final

PAGE: Final = """
import streamlit as st
from tests.server import acting

def press():
    name = st.session_state["name"]
    acting.told.append("begin " + name)
    if name == "rusak":
        raise ValueError(name)
    acting.callback.pass_through()
    st.session_state["kec"] = ["b"]
    acting.told.append("end " + name)

@st.fragment(run_every=3600)
def beat():
    st.caption("beat")

st.button("send", on_click=press)
st.button("other")
st.text_input("name", key="name")
st.multiselect("kec", ["a", "b", "c"], key="kec")
acting.script.pass_through()
st.write("whole: " + (" ".join(st.session_state["kec"]) or "nothing"))
beat()
"""


class Gate:
    """A place in the script at which it is held once, where the test asked for that."""

    def __init__(self) -> None:
        self.reached, self._open = threading.Event(), threading.Event()
        self._open.set()

    def close(self) -> None:
        self.reached.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def pass_through(self) -> None:
        self.reached.set()
        assert self._open.wait(60)


told: list[str] = []
callback, script = Gate(), Gate()
