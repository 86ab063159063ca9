"""Two acts in quick succession: each is carried out, whole, with what its viewer saw and typed.

On real sessions of Streamlit; each is held against Streamlit alone, which does not do so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession

from situasi.streamlit_patches import ACTION_FAILED_KEY
from tests.server import acting
from tests.server.acting import Gate
from tests.server.test_late_beats import Browser, at_rest, drawn
from tests.stock_streamlit import patch


@pytest.fixture(autouse=True)
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stock_streamlit: None) -> Iterator[Path]:
    acting.told.clear()
    path = tmp_path / "page.py"
    path.write_text(acting.PAGE, "utf-8")
    yield path
    for gate in (acting.callback, acting.script):
        gate.open()


@pytest.fixture(params=["ours", "streamlit alone"])
def ours(request: pytest.FixtureRequest) -> bool:
    """Whether acts are carried out our way; the other way shows that ours is needed."""
    if request.param == "ours":
        patch("actions", "callbacks")
    return bool(request.param == "ours")


class Person:
    """Who sits at the browser, which tells all its widgets with whatever they do."""

    def __init__(self, session: AppSession, browser: Browser) -> None:
        self._session, self._browser = session, browser
        self._drawn = [m.delta.new_element for m in browser.heard if m.HasField("delta")]
        self._fragment = browser.orders()[0]
        self.name, self.kec = "", list[str]()

    def _message(self, pressed: str = "") -> ClientState:
        said = ClientState()
        for one in self._drawn:
            kind = one.WhichOneof("type")
            if kind == "button" and one.button.label == pressed:
                said.widget_states.widgets.append(WidgetState(id=one.button.id, trigger_value=True))
            elif kind == "text_input":
                said.widget_states.widgets.append(
                    WidgetState(id=one.text_input.id, string_value=self.name)
                )
            elif kind == "multiselect":
                chosen = WidgetState(id=one.multiselect.id)
                chosen.string_array_value.data.extend(self.kec)
                if not self.kec:
                    chosen.string_array_value.SetInParent()
                said.widget_states.widgets.append(chosen)
        return said

    def press(self, label: str) -> None:
        self._session.request_rerun(self._message(label))

    def chooses(self, *kec: str) -> None:
        self.kec = list(kec)
        self._session.request_rerun(self._message())

    def types(self, name: str) -> None:
        self.name = name

    def beats(self) -> None:
        beat = self._message()
        beat.fragment_id, beat.is_auto_rerun = self._fragment, True
        self._session.request_rerun(beat)

    async def is_served(self) -> str:
        """What the page says in the end, drawn once more as the board does by itself."""
        await at_rest(self._session)
        self._browser.heard.clear()
        self._session.request_rerun(None)
        await self._browser.hears(ForwardMsg.FINISHED_SUCCESSFULLY)
        await at_rest(self._session)
        return next(one for one in self._browser.words() if one.startswith("whole: "))


async def at(gate: Gate) -> None:
    async with asyncio.timeout(60):
        while not gate.reached.is_set():
            await asyncio.sleep(0.005)


def test_two_forms_sent_while_the_page_is_at_work_are_both_read_as_they_were_sent(
    page: Path, ours: bool
) -> None:
    async def acted() -> None:
        async with drawn(page) as (session, browser):
            person = Person(session, browser)
            acting.script.close()
            person.press("other")
            await at(acting.script)  # the page is at work, and hears nothing until it goes on
            for name in ("satu", "dua", "tiga"):
                person.types(name)
                person.press("send")
            acting.script.open()
            await person.is_served()

    asyncio.run(acted())
    ended = [one for one in acting.told if one.startswith("end")]
    assert ended == (["end satu", "end dua", "end tiga"] if ours else ["end tiga"])


def test_a_form_is_not_read_with_what_was_typed_after_it(page: Path, ours: bool) -> None:
    async def acted() -> None:
        async with drawn(page) as (session, browser):
            person = Person(session, browser)
            acting.script.close()
            person.press("other")
            await at(acting.script)
            person.types("satu")
            person.press("send")
            person.types("dua")
            person.chooses("c")
            acting.script.open()
            await person.is_served()

    asyncio.run(acted())
    assert acting.told[-1] == ("end satu" if ours else "end dua")


def test_a_callback_is_not_cut_off_by_the_next_act(page: Path, ours: bool) -> None:
    async def acted() -> str:
        async with drawn(page) as (session, browser):
            person = Person(session, browser)
            person.types("satu")
            acting.callback.close()
            person.press("send")
            await at(acting.callback)
            person.press("other")
            acting.callback.open()
            return await person.is_served()

    said = asyncio.run(acted())
    assert acting.told == (["begin satu", "end satu"] if ours else ["begin satu"])
    assert said == ("whole: b" if ours else "whole: nothing")


def test_what_was_chosen_for_a_viewer_is_not_taken_back_by_their_next_act(
    page: Path, ours: bool
) -> None:
    async def acted() -> str:
        async with drawn(page) as (session, browser):
            person = Person(session, browser)
            acting.script.close()
            person.press("send")
            await at(acting.script)  # the choice is made; the browser has not heard of it
            person.press("other")
            acting.script.open()
            return await person.is_served()

    assert asyncio.run(acted()) == ("whole: b" if ours else "whole: nothing")


def test_what_the_viewer_chose_themselves_holds(page: Path) -> None:
    patch("actions", "callbacks")

    async def acted() -> str:
        async with drawn(page) as (session, browser):
            person = Person(session, browser)
            acting.script.close()
            person.press("send")
            await at(acting.script)
            person.chooses("c")
            acting.script.open()
            return await person.is_served()

    assert asyncio.run(acted()) == "whole: c"


def test_who_has_heard_of_a_choice_may_take_it_back(page: Path) -> None:
    patch("actions", "callbacks")

    async def acted() -> tuple[str, str]:
        async with drawn(page) as (session, browser):
            person = Person(session, browser)
            acting.script.close()
            person.press("send")
            await at(acting.script)
            person.kec = ["b"]  # the browser has heard, and says so with its next beat
            person.beats()
            person.chooses()
            acting.script.open()
            first = await person.is_served()
            person.press("send")
            await person.is_served()
            person.kec = ["b"]
            person.chooses()  # of a page at rest everything is heard
            return first, await person.is_served()

    assert asyncio.run(acted()) == ("whole: nothing", "whole: nothing")


def test_an_act_that_fails_leaves_the_page_drawn_and_asking(
    page: Path, ours: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def acted() -> Browser:
        async with drawn(page) as (session, browser):
            person = Person(session, browser)
            person.types("rusak")
            browser.heard.clear()
            person.press("send")
            await browser.hears(ForwardMsg.FINISHED_SUCCESSFULLY)
            await at_rest(session)
            assert session.session_state.filtered_state.get(ACTION_FAILED_KEY) is (
                True if ours else None
            )
            return browser

    browser = asyncio.run(acted())
    drawn_whole = "whole: nothing" in browser.words()
    assert (drawn_whole, len(browser.orders())) == ((True, 1) if ours else (False, 0))
    said = [one for one in caplog.records if one.message == "an action of a viewer failed"]
    assert len(said) == (1 if ours else 0)


def test_the_server_lets_acts_go_through_one_run() -> None:
    assert config.get_option("runner.fastReruns") is False  # as .streamlit/config.toml says
