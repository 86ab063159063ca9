"""Streamlit as it came, whatever a test or the server changes of it."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime import (
    app_session,
    backend_operation_handler,
    media_file_manager,
    memory_session_storage,
    runtime,
)
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
from streamlit.runtime.state import SafeSessionState

from situasi import streamlit_patches

CHANGED: tuple[tuple[Any, str], ...] = (
    (ScriptRequests, "request_rerun"),
    (ScriptRequests, "on_scriptrunner_yield"),
    (ScriptRequests, "on_scriptrunner_ready"),
    (SafeSessionState, "on_script_will_rerun"),
    (app_session.AppSession, "_call_soon_on_event_loop"),
    (app_session.AppSession, "_create_scriptrunner"),
    (app_session, "asyncio"),
    (runtime.Runtime, "_enqueued_some_message"),
    (runtime, "asyncio"),
    (memory_session_storage, "MemorySessionStorage"),
    (media_file_manager, "MediaFileMetadata"),
    (backend_operation_handler.DeferredFileHandler, "handle"),
)


def state_of_streamlit() -> list[Any]:
    """Return everything that a patch may replace."""
    return [vars(owner)[name] for owner, name in CHANGED]


def patch(*names: str) -> None:
    """Apply these patches."""
    for one in streamlit_patches.PATCHES:
        if one.name in names:
            one.apply()


@pytest.fixture
def stock_streamlit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back whatever this test changes of Streamlit."""
    monkeypatch.setattr(runtime.Runtime, "_instance", None)
    for owner, name in CHANGED:
        monkeypatch.setattr(owner, name, vars(owner)[name])
