"""A heartbeat that comes just as a whole run has ended: what the run said reaches its page."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime import Runtime, RuntimeConfig
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from situasi.server import together

_PAGE = """
import streamlit as st

@st.fragment(run_every=3600)
def beat():
    st.caption("beat")

st.write("whole")
beat()
"""


class Browser:
    """Hears everything."""

    client_context = None

    def __init__(self) -> None:
        self.heard: list[ForwardMsg] = []

    def write_forward_msg(self, message: ForwardMsg) -> None:
        self.heard.append(message)

    def ends(self) -> list[Any]:
        return [m.script_finished for m in self.heard if m.WhichOneof("type") == "script_finished"]

    def orders(self) -> list[str]:
        """The fragments that it was told to ask for again."""
        return [
            m.auto_rerun.fragment_id for m in self.heard if m.WhichOneof("type") == "auto_rerun"
        ]

    async def hears(self, end: Any) -> None:
        async with asyncio.timeout(30):
            while end not in self.ends():
                await asyncio.sleep(0.01)


@pytest.fixture
def streamlit_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit as it is; what is changed of it in a test is gone afterwards."""
    monkeypatch.setattr(Runtime, "_instance", None)
    for owner, name in (
        (AppSession, "_call_soon_on_event_loop"),
        (AppSession, "_create_scriptrunner"),
        (Runtime, "_enqueued_some_message"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    monkeypatch.setitem(vars(runtime), "asyncio", asyncio)


async def heard_of_a_run_that_ended_as_a_beat_came(page: Path) -> Browser:
    server = Runtime(
        RuntimeConfig(
            script_path=str(page),
            media_file_storage=MemoryMediaFileStorage("/media"),
            uploaded_file_manager=MemoryUploadedFileManager("/upload"),
        )
    )
    await server.start()
    try:
        browser = Browser()
        name = server.connect_session(browser, {})  # type: ignore[arg-type]
        session = server._session_mgr.get_active_session_info(name).session  # type: ignore[union-attr]
        session.request_rerun(ClientState())
        await browser.hears(ForwardMsg.FINISHED_SUCCESSFULLY)
        beat = ClientState(fragment_id=browser.orders()[0], is_auto_rerun=True)
        while session._scriptrunner is not None:
            await asyncio.sleep(0.01)
        browser.heard.clear()

        session.request_rerun(ClientState())
        run = session._scriptrunner
        assert run is not None
        while run._requests._state is not ScriptRequestType.STOP:
            time.sleep(0.001)  # the loop is kept: what the run says waits until it has ended
        session.request_rerun(beat)
        await browser.hears(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
        return browser
    finally:
        server.stop()
        await server.stopped


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.py"
    path.write_text(_PAGE, "utf-8")
    return path


@pytest.mark.usefixtures("streamlit_alone")
def test_the_whole_run_is_heard_to_its_end_and_the_page_goes_on_asking(page: Path) -> None:
    together.send(app_session.AppSession, runtime)
    browser = asyncio.run(heard_of_a_run_that_ended_as_a_beat_came(page))
    assert browser.ends() == [
        ForwardMsg.FINISHED_SUCCESSFULLY,
        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ]
    assert len(browser.orders()) == 1
    words = [m.delta.new_element.markdown.body for m in browser.heard if m.HasField("delta")]
    assert "whole" in words


@pytest.mark.usefixtures("streamlit_alone")
def test_streamlit_alone_loses_it_so_that_ours_is_needed(page: Path) -> None:
    browser = asyncio.run(heard_of_a_run_that_ended_as_a_beat_came(page))
    assert browser.ends() == [ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY]
    assert browser.orders() == []
