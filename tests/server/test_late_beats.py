"""Heartbeats that come at a bad moment: as a run ends, or with what the browser had before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime import Runtime, RuntimeConfig
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)

from tests.stock_streamlit import patch

_PAGE = """
import streamlit as st

def choose():
    st.session_state["kec"] = ["b"]

@st.fragment(run_every=3600)
def beat():
    st.caption("beat")

st.button("choose", on_click=choose)
st.multiselect("kec", ["a", "b"], key="kec")
st.write("whole: " + (" ".join(st.session_state["kec"]) or "nothing"))
beat()
"""


class Browser:
    """A browser that keeps every message."""

    client_context = None

    def __init__(self) -> None:
        self.heard: list[ForwardMsg] = []

    def write_forward_msg(self, message: ForwardMsg) -> None:
        self.heard.append(message)

    def ends(self) -> list[Any]:
        return [m.script_finished for m in self.heard if m.WhichOneof("type") == "script_finished"]

    def orders(self) -> list[str]:
        """Return the ids of the fragments that it was told to request again."""
        return [
            m.auto_rerun.fragment_id for m in self.heard if m.WhichOneof("type") == "auto_rerun"
        ]

    def words(self) -> list[str]:
        return [m.delta.new_element.markdown.body for m in self.heard if m.HasField("delta")]

    def widget(self, kind: str) -> str:
        """The id of the widget of this kind."""
        drawn = [m.delta.new_element for m in self.heard if m.HasField("delta")]
        return next(str(getattr(one, kind).id) for one in drawn if one.WhichOneof("type") == kind)

    async def hears(self, end: Any) -> None:
        async with asyncio.timeout(30):
            while end not in self.ends():
                await asyncio.sleep(0.01)


@asynccontextmanager
async def drawn(page: Path) -> AsyncIterator[tuple[AppSession, Browser]]:
    """A session whose page was drawn once, and is at rest."""
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
        await at_rest(session)
        yield session, browser
        await at_rest(session)  # it closes what its scripts ran on only once none runs
    finally:
        server.stop()
        await server.stopped


async def at_rest(session: AppSession) -> None:
    """Wait until no run is left, and all that they said has reached the browser."""
    async with asyncio.timeout(30):
        while session._scriptrunner is not None or not session._browser_queue.is_empty():
            await asyncio.sleep(0.01)


async def heard_of_a_run_that_ended_as_a_beat_came(page: Path) -> Browser:
    async with drawn(page) as (session, browser):
        beat = ClientState(fragment_id=browser.orders()[0], is_auto_rerun=True)
        browser.heard.clear()
        session.request_rerun(ClientState())
        run = session._scriptrunner
        assert run is not None
        while run._requests._state is not ScriptRequestType.STOP:
            time.sleep(0.001)  # the loop is kept: what the run says waits until it has ended
        session.request_rerun(beat)
        await browser.hears(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
        return browser


async def chosen_before_a_beat_that_had_not_heard_of_it(page: Path) -> str:
    """What the page says of a choice made for the viewer, once it is drawn anew after the beat."""
    async with drawn(page) as (session, browser):
        nothing_chosen = WidgetState(id=browser.widget("multiselect"))
        nothing_chosen.string_array_value.SetInParent()
        pressed = WidgetState(id=browser.widget("button"), trigger_value=True)
        beat = ClientState(fragment_id=browser.orders()[0], is_auto_rerun=True)
        beat.widget_states.widgets.append(nothing_chosen)
        press = ClientState()
        press.widget_states.widgets.extend([nothing_chosen, pressed])
        session.request_rerun(press)
        await at_rest(session)
        session.request_rerun(beat)
        await at_rest(session)
        browser.heard.clear()
        session.request_rerun(None)  # as the board draws a page anew
        await browser.hears(ForwardMsg.FINISHED_SUCCESSFULLY)
        return next(word for word in browser.words() if word.startswith("whole: "))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.py"
    path.write_text(_PAGE, "utf-8")
    return path


@pytest.mark.usefixtures("stock_streamlit")
def test_the_whole_run_is_heard_to_its_end_and_the_page_goes_on_asking(page: Path) -> None:
    patch("messages")
    browser = asyncio.run(heard_of_a_run_that_ended_as_a_beat_came(page))
    assert browser.ends() == [
        ForwardMsg.FINISHED_SUCCESSFULLY,
        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ]
    assert len(browser.orders()) == 1
    assert "whole: nothing" in browser.words()


@pytest.mark.usefixtures("stock_streamlit")
def test_streamlit_alone_loses_the_end_so_that_ours_is_needed(page: Path) -> None:
    browser = asyncio.run(heard_of_a_run_that_ended_as_a_beat_came(page))
    assert browser.ends() == [ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY]
    assert browser.orders() == []


@pytest.mark.usefixtures("stock_streamlit")
def test_what_was_chosen_for_a_viewer_is_not_taken_back_by_a_late_beat(page: Path) -> None:
    patch("messages", "actions")
    assert asyncio.run(chosen_before_a_beat_that_had_not_heard_of_it(page)) == "whole: b"


@pytest.mark.usefixtures("stock_streamlit")
def test_streamlit_alone_takes_it_back_so_that_ours_is_needed(page: Path) -> None:
    assert asyncio.run(chosen_before_a_beat_that_had_not_heard_of_it(page)) == "whole: nothing"


@pytest.mark.usefixtures("stock_streamlit")
def test_what_a_viewer_did_just_before_a_beat_is_still_heard() -> None:
    patch("actions")
    typed = WidgetState(id="uraian", string_value="ribut")
    before = WidgetState(id="uraian", string_value="")
    requests = ScriptRequests()
    requests.request_rerun(RerunData(widget_states=WidgetStates(widgets=[typed])))
    requests.request_rerun(
        RerunData(
            widget_states=WidgetStates(widgets=[before]), fragment_id="beat", is_auto_rerun=True
        )
    )
    asked = requests.on_scriptrunner_ready().rerun_data
    assert asked.widget_states is not None
    assert list(asked.widget_states.widgets) == [typed]
