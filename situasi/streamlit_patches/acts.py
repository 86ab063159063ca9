"""Acts of one viewer are carried out one after the other, each of them whole.

Streamlit joins an act to the next where a page is still at work: a form that was sent is then
read with what was typed after it, and of two that were sent the first is lost. An act that comes
while the callback of the one before runs cuts that callback off at its next look at the session.
And it brings all widgets as the browser has them, which is as before anything the callback set: a
choice made for the viewer was taken back. All this holds where acts go through one run of the
script (`runner.fastReruns = false`); else Streamlit ends the run before, whatever it was at.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, Final

_log = logging.getLogger(__name__)

# So many acts wait; of more, Streamlit joins what comes to what waits.
_MAX_WAITING: Final = 50
_QUEUE_ATTRIBUTE = "_situasi_acts"
# Under this name the session of a viewer says that their last act failed.
FAILED_KEY: Final = "_act_failed"

IsTrigger = Callable[[Any], bool]


@dataclass
class _ActQueue:
    """What is known of the acts of one run of the script, and those that follow in it.

    later: acts that wait until the one before them was taken up. said: by widget, what the browser
    said of it in the last act that was taken up, or in a heartbeat since.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    waiting: deque[Any] = field(default_factory=deque)
    widget_states: dict[str, bytes] = field(default_factory=dict)


def serialize_acts(script_requests: ModuleType, session_class: type) -> None:
    """Have Streamlit do so, if it is built as expected; else leave it as it is, with a log line.

    script_requests: its module of what is asked of a script. session_class: its class of what a
    script sees of its session.
    """
    requests = getattr(script_requests, "ScriptRequests", None)
    is_trigger = getattr(script_requests, "_has_active_trigger_value", None)
    if not (_is_supported(requests) and callable(is_trigger) and _has_callbacks(session_class)):
        _log.warning("acts in quick succession are not kept apart: this Streamlit is unknown")
        return
    _separate_acts(requests, script_requests.ScriptRequestType, is_trigger)
    _protect_callbacks(session_class)


def _is_supported(requests: Any) -> bool:
    names = ("request_rerun", "on_scriptrunner_yield", "on_scriptrunner_ready")
    if requests is None or not all(callable(getattr(requests, name, None)) for name in names):
        return False
    return bool({"_state", "_rerun_data"} <= vars(requests()).keys())


def _has_callbacks(session_class: type) -> bool:
    own = getattr(session_class, "__annotations__", {})
    return "_yield_callback" in own and hasattr(session_class, "on_script_will_rerun")


def _protect_callbacks(session_class: Any) -> None:
    """Let nothing cut off the callbacks of an act once it was taken up, nor they the page.

    Where one fails, Streamlit shows that alone: no page, and no heartbeat to bring it back.
    """
    begin = session_class.on_script_will_rerun

    def begun(self: Any, *given: Any, **named: Any) -> None:
        interrupt = self._yield_callback
        object.__setattr__(self, "_yield_callback", _do_not_interrupt)
        try:
            begin(self, *given, **named)
        except Exception:  # noqa: BLE001 (the page says so, and is drawn)
            _log.exception("an act of a viewer failed")
            self[FAILED_KEY] = True
        finally:
            object.__setattr__(self, "_yield_callback", interrupt)

    session_class.on_script_will_rerun = begun


def _do_not_interrupt() -> None:
    """Interrupt nothing."""


def _separate_acts(requests: Any, request_types: Any, is_trigger: IsTrigger) -> None:
    """Take up one act after the other, each without what its viewer did not touch."""
    order = _ActSerializer(requests.request_rerun, request_types, is_trigger)
    at_rest, at_work = requests.on_scriptrunner_ready, requests.on_scriptrunner_yield

    def ready(self: Any) -> Any:
        with _queue_of(self).lock:
            return order.take_up(self, at_rest(self))

    requests.request_rerun = lambda self, wanted: order.handle_request(self, wanted)
    requests.on_scriptrunner_ready = ready
    requests.on_scriptrunner_yield = lambda self: order.take_up(self, at_work(self))


class _ActSerializer:
    """What is done with each act. ask: how Streamlit itself is asked for a run."""

    def __init__(
        self, request_rerun: Callable[[Any, Any], bool], request_types: Any, is_trigger: IsTrigger
    ) -> None:
        self._request_rerun, self._request_types, self._is_trigger = (
            request_rerun,
            request_types,
            is_trigger,
        )

    def handle_request(self, requests: Any, rerun_data: Any) -> bool:
        """Ask for a run, or let this act wait for the one before it."""
        acts = _queue_of(requests)
        with acts.lock:
            if rerun_data.is_auto_rerun:
                if (
                    requests._state is self._request_types.CONTINUE
                    and rerun_data.widget_states is not None
                ):
                    acts.widget_states |= _serialize_states(rerun_data.widget_states)
            elif self._must_wait(requests, acts):
                acts.waiting.append(rerun_data)
                return True
            return bool(self._request_rerun(requests, rerun_data))

    def _must_wait(self, requests: Any, queue: _ActQueue) -> bool:
        if requests._state is self._request_types.STOP or len(queue.waiting) >= _MAX_WAITING:
            return False
        return bool(queue.waiting) or (
            requests._state is self._request_types.RERUN and self._has_trigger(requests._rerun_data)
        )

    def _has_trigger(self, rerun_data: Any) -> bool:
        states = rerun_data.widget_states
        return states is not None and any(map(self._is_trigger, states.widgets))

    def take_up(self, requests: Any, request: Any) -> Any:
        """What the script is given of this request; the next act is asked for in its place."""
        if request is None or request.type is not self._request_types.RERUN:
            return request
        acts = _queue_of(requests)
        with acts.lock:
            if acts.waiting:
                self._request_rerun(requests, acts.waiting.popleft())
            return replace(
                request, _rerun_data=self._keep_touched_widgets(request.rerun_data, acts)
            )

    def _keep_touched_widgets(self, rerun_data: Any, queue: _ActQueue) -> Any:
        """The act without widgets that are as in the act before: of these the session knows more.

        Both came within one run of the script: the browser had not heard what the first one set.
        """
        states = rerun_data.widget_states
        if states is None or rerun_data.is_auto_rerun:
            return rerun_data
        said, before = _serialize_states(states), queue.widget_states
        queue.widget_states = said
        if not before:
            return rerun_data
        touched = type(states)()
        touched.widgets.extend(
            one
            for one in states.widgets
            if self._is_trigger(one) or before.get(one.id) != said[one.id]
        )
        return replace(rerun_data, widget_states=touched)


def _queue_of(requests: Any) -> _ActQueue:
    acts: _ActQueue = vars(requests).setdefault(_QUEUE_ATTRIBUTE, _ActQueue())
    return acts


def _serialize_states(states: Any) -> dict[str, bytes]:
    return {one.id: one.SerializeToString(deterministic=True) for one in states.widgets}
