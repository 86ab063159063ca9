"""Changes to the insides of Streamlit and uvicorn; no other module changes them.

Each patch first checks that what it changes is there as expected. Where it is not, Streamlit stays
as it is: a log line, the metric `situasi_streamlit_patch` and the page Kesehatan say so. The proxy
headers of uvicorn are the exception: where they cannot be turned off, the server does not start.
"""

import inspect
import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import uvicorn.config
from starlette.types import ASGIApp
from streamlit.runtime import (
    app_session,
    backend_operation_handler,
    media_file_manager,
    memory_session_storage,
    runtime,
)
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.state import SafeSessionState

from situasi.common import metrics
from situasi.common.callback_batch import CallbackBatch, CoalescingSleep
from situasi.common.lazy_event_loop import LazyLoopAsyncio
from situasi.server import startup_checks
from situasi.server.auth import websocket
from situasi.server.delayed_files import DelayedFileMetadata
from situasi.server.frontend import routes as frontend
from situasi.server.frontend.editions import UnknownFrontend
from situasi.server.parked_sessions import ParkedSessions

_log = logging.getLogger(__name__)

# Under this key the session state of a viewer says that their last action failed.
ACTION_FAILED_KEY: Final = "_act_failed"
_MAX_WAITING_ACTIONS: Final = 50  # further ones are merged into the waiting ones by Streamlit
_ACTIONS_ATTRIBUTE: Final = "_situasi_actions"
_BATCH_ATTRIBUTE: Final = "_situasi_batch"


class UnsupportedVersion(Exception):
    """What a patch changes is not there, or not as expected."""


@dataclass(frozen=True)
class Patch:
    """A change of Streamlit.

    apply: makes it. needs: what must be there: attributes, and functions with these parameters.
    """

    name: str
    apply: Callable[[], None]
    needs: tuple[str, ...]


def apply_all() -> None:
    """Apply every patch that fits; metrics.STREAMLIT_PATCHES says why one was not applied.

    Ends the process where the proxy headers of uvicorn cannot be turned off.
    """
    try:
        disable_uvicorn_proxy_headers()
    except UnsupportedVersion as error:
        startup_checks.exit_with_error(error)
    for patch in PATCHES:
        reason = _why_unsupported(patch) or _apply(patch)
        if reason:
            _log.warning("patch not applied: %s: %s", patch.name, reason)
        metrics.STREAMLIT_PATCHES[patch.name] = reason


def _apply(patch: Patch) -> str:
    """Apply the patch; return why that cannot be done, or ""."""
    try:
        patch.apply()
    except UnknownFrontend as error:
        return str(error)
    return ""


def disable_uvicorn_proxy_headers() -> None:
    """Replace uvicorn's own proxy middleware, which trusts every proxy on this machine.

    With it, a client on this machine could claim any address, and so get any number of password
    attempts. uvicorn looks up this name when it loads the application. Raises UnsupportedVersion.
    """
    source = inspect.getsource(uvicorn.config.Config.load)
    if "ProxyHeadersMiddleware(" not in source or not hasattr(
        uvicorn.config, "ProxyHeadersMiddleware"
    ):
        raise UnsupportedVersion("uvicorn reads the headers of proxies in another way")
    uvicorn.config.ProxyHeadersMiddleware = _return_app


def _return_app(app: ASGIApp, trusted_hosts: object) -> ASGIApp:  # noqa: ARG001
    return app


def _why_unsupported(patch: Patch) -> str:
    """Return what of Streamlit is not as this patch expects it, or ""."""
    for need in patch.needs:
        path, separator, parameters = need.partition(" of ")
        owner: Any = None
        for part in path.split("."):
            name = part.removesuffix("()")
            found = globals() if owner is None else owner
            owner = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
            owner = owner() if owner is not None and part != name else owner
            if owner is None:
                return f"{path} is missing"
        if separator and ", ".join(inspect.signature(owner).parameters) != parameters:
            return f"{path} has other parameters"
    return ""


# While a page is running, stock Streamlit merges an action into the next one: a submitted form is
# read with what was typed after it, and of two submitted forms the first is lost. An action that
# arrives during the callback of the one before interrupts that callback, and carries all widgets as
# the browser has them, from before anything the callback set. What follows needs
# `runner.fastReruns = false`: else Streamlit ends the run before, whatever it does.


@dataclass
class _ActionQueue:
    """The actions of one script run.

    waiting: actions that come after the one being handled. widget_states: by widget, its state in
    the last handled action, or in an auto-refresh since.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    waiting: deque[Any] = field(default_factory=deque)
    widget_states: dict[str, bytes] = field(default_factory=dict)


def _serialize_actions() -> None:
    """Handle one action after the other, each without the widgets its viewer did not touch."""
    requests: Any = script_requests.ScriptRequests
    serializer = _ActionSerializer(requests.request_rerun)
    on_ready, on_yield = requests.on_scriptrunner_ready, requests.on_scriptrunner_yield

    def ready(self: Any) -> Any:
        with _actions_of(self).lock:
            return serializer.take_next(self, on_ready(self))

    requests.request_rerun = lambda self, new_data: serializer.handle_request(self, new_data)
    requests.on_scriptrunner_ready = ready
    requests.on_scriptrunner_yield = lambda self: serializer.take_next(self, on_yield(self))


class _ActionSerializer:
    """Decides what happens with each action. request_rerun: Streamlit's own request of a run."""

    def __init__(self, request_rerun: Callable[[Any, Any], bool]) -> None:
        self._request_rerun, self._types = request_rerun, script_requests.ScriptRequestType
        self._is_trigger = script_requests._has_active_trigger_value

    def handle_request(self, requests: Any, rerun_data: Any) -> bool:
        """Request a run, or let this action wait for the one before it."""
        queue = _actions_of(requests)
        with queue.lock:
            if rerun_data.is_auto_rerun:
                states = rerun_data.widget_states
                if requests._state is self._types.CONTINUE and states is not None:
                    queue.widget_states |= _serialize_states(states)
                # What an auto-refresh says of the widgets may be from before a choice made for the
                # viewer. None, not an empty list: that would be merged into an action before it.
                rerun_data = replace(rerun_data, widget_states=None)
            elif self._must_wait(requests, queue):
                queue.waiting.append(rerun_data)
                return True
            return bool(self._request_rerun(requests, rerun_data))

    def _must_wait(self, requests: Any, queue: _ActionQueue) -> bool:
        if requests._state is self._types.STOP or len(queue.waiting) >= _MAX_WAITING_ACTIONS:
            return False
        return bool(queue.waiting) or (
            requests._state is self._types.RERUN and self._has_trigger(requests._rerun_data)
        )

    def _has_trigger(self, rerun_data: Any) -> bool:
        states = rerun_data.widget_states
        return states is not None and any(map(self._is_trigger, states.widgets))

    def take_next(self, requests: Any, request: Any) -> Any:
        """Return what the script gets of this request, and request the next action."""
        if request is None or request.type is not self._types.RERUN:
            return request
        queue = _actions_of(requests)
        with queue.lock:
            if queue.waiting:
                self._request_rerun(requests, queue.waiting.popleft())
            kept = self._keep_touched_widgets(request.rerun_data, queue)
            return replace(request, _rerun_data=kept)

    def _keep_touched_widgets(self, rerun_data: Any, queue: _ActionQueue) -> Any:
        """Return the action without widgets that are as in the action before.

        Both came within one script run: the browser had not heard what the first one set, and the
        session knows more of these widgets.
        """
        states = rerun_data.widget_states
        if states is None or rerun_data.is_auto_rerun:
            return rerun_data
        current, before = _serialize_states(states), queue.widget_states
        queue.widget_states = current
        if not before:
            return rerun_data
        touched = type(states)()
        touched.widgets.extend(
            widget
            for widget in states.widgets
            if self._is_trigger(widget) or before.get(widget.id) != current[widget.id]
        )
        return replace(rerun_data, widget_states=touched)


def _actions_of(requests: Any) -> _ActionQueue:
    queue: _ActionQueue = vars(requests).setdefault(_ACTIONS_ATTRIBUTE, _ActionQueue())
    return queue


def _serialize_states(states: Any) -> dict[str, bytes]:
    return {widget.id: widget.SerializeToString(deterministic=True) for widget in states.widgets}


def _protect_callbacks() -> None:
    """Let nothing interrupt the callbacks of an action, and let their failure not hide the page.

    Where one fails, stock Streamlit shows that alone: no page, and no refresh to bring it back.
    """
    state: Any = SafeSessionState
    stock = state.on_script_will_rerun

    def on_script_will_rerun(self: Any, *args: Any, **kwargs: Any) -> None:
        interrupt = self._yield_callback
        object.__setattr__(self, "_yield_callback", lambda: None)
        try:
            stock(self, *args, **kwargs)
        except Exception:  # noqa: BLE001 (the page says so, and is drawn)
            _log.exception("an action of a viewer failed")
            self[ACTION_FAILED_KEY] = True
        finally:
            object.__setattr__(self, "_yield_callback", interrupt)

    state.on_script_will_rerun = on_script_will_rerun


# Stock Streamlit wakes its loop twice for each message, and script and loop then compete for the
# interpreter: a third of the processor time of many viewers. It also drops the messages of a run
# once another took its place, and with them the order to refresh: such a page stood still for good.


def _batch_messages() -> None:
    """Send the messages of a run in batches, and none after those of the next run."""
    session: Any = app_session.AppSession
    call_soon, create_runner = session._call_soon_on_event_loop, session._create_scriptrunner
    notify = runtime.Runtime._enqueued_some_message

    def batched(self: Any, callback: Callable[[], None]) -> None:
        batch = vars(self).get(_BATCH_ATTRIBUTE)
        if batch is None:
            # A weak reference, so that a dropped session is freed at once.
            wake = partial(_call_if_alive, call_soon, weakref.ref(self))
            batch = vars(self).setdefault(_BATCH_ATTRIBUTE, CallbackBatch(wake))
        batch.add(callback)

    def create(self: Any, initial_rerun_data: Any) -> None:
        batch = vars(self).get(_BATCH_ATTRIBUTE)
        if batch is not None:  # the run before has ended, and all its messages wait by now
            batch.drain()
        create_runner(self, initial_rerun_data)

    def notify_once(self: Any) -> None:
        if not self._get_async_objs().need_send_data.is_set():
            notify(self)

    session._call_soon_on_event_loop = batched
    session._create_scriptrunner = create
    runtime.Runtime._enqueued_some_message = notify_once  # type: ignore[method-assign]
    vars(runtime)["asyncio"] = CoalescingSleep(vars(runtime)["asyncio"])


def _call_if_alive(
    call: Callable[..., None], session_ref: Callable[[], Any], callback: Callable[[], None]
) -> None:
    if (session := session_ref()) is not None:
        call(session, callback)


def _use_lazy_loops() -> None:
    vars(app_session)["asyncio"] = LazyLoopAsyncio()


def _use_parked_sessions() -> None:
    factory = partial(ParkedSessions, websocket.CURRENT_WEBSOCKET.get)
    vars(memory_session_storage)["MemorySessionStorage"] = factory


def _keep_downloads() -> None:
    vars(media_file_manager)["MediaFileMetadata"] = DelayedFileMetadata


def _restrict_files_to_their_page() -> None:
    """Give a file only to the page that offered it; stock Streamlit asks for its name alone."""
    handler: Any = backend_operation_handler.DeferredFileHandler
    respond: Any = vars(backend_operation_handler)["BackendOperationResponse"]
    stock = handler.handle

    async def handle(self: Any, request: Any, session_id: str) -> Any:
        offers = self._get_media_file_mgr()._deferred_callables
        offer = offers.get(request.deferred_file.file_id)
        if offer is None or offer["session_id"] != session_id:
            _log.warning("a file was requested that another page offers, or none")
            message = "Failed to generate file for download"
            return respond(request_id=request.request_id, error_msg=message)
        return await stock(self, request, session_id)

    handler.handle = handle


PATCHES: Final = (
    Patch(
        "actions",
        _serialize_actions,
        (
            "script_requests.ScriptRequests.request_rerun of self, new_data",
            "script_requests.ScriptRequests.on_scriptrunner_yield of self",
            "script_requests.ScriptRequests.on_scriptrunner_ready of self",
            "script_requests._has_active_trigger_value of state",
            "script_requests.ScriptRequests()._state",
        ),
    ),
    Patch(
        "callbacks",
        _protect_callbacks,
        (
            "SafeSessionState.on_script_will_rerun",
            "SafeSessionState.__annotations__._yield_callback",
        ),
    ),
    Patch(
        "messages",
        _batch_messages,
        (
            "app_session.AppSession._call_soon_on_event_loop of self, callback",
            "app_session.AppSession._create_scriptrunner of self, initial_rerun_data",
            "runtime.Runtime._enqueued_some_message of self",
            "runtime.Runtime._get_async_objs of self",
            "runtime.asyncio.sleep",
        ),
    ),
    Patch("event_loops", _use_lazy_loops, ("app_session.asyncio.new_event_loop of ",)),
    Patch(
        "parked_sessions",
        _use_parked_sessions,
        (
            "memory_session_storage.MemorySessionStorage.get of self, session_id",
            "memory_session_storage.MemorySessionStorage.save of self, session_info",
            "memory_session_storage.MemorySessionStorage.delete of self, session_id",
            "memory_session_storage.MemorySessionStorage.list of self",
        ),
    ),
    Patch(
        "downloads",
        _keep_downloads,
        (
            "media_file_manager.MediaFileMetadata of kind",
            "media_file_manager.MediaFileMetadata.mark_for_delete of self",
            "media_file_manager.MediaFileMetadata.is_marked_for_delete",
        ),
    ),
    Patch(
        "offered_files",
        _restrict_files_to_their_page,
        (
            "backend_operation_handler.DeferredFileHandler.handle of self, request, session_id",
            "backend_operation_handler.DeferredFileHandler of get_media_file_mgr",
            "backend_operation_handler.BackendOperationResponse",
        ),
    ),
    # Stock Streamlit sends its page white and in English, and 11 MB of scripts unpacked. That the
    # routes of an app may replace its page is official; which words its scripts hold is not.
    Patch("frontend", frontend.serve_pages, ()),
)
