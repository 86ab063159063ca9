"""Logs: one line an event, for people or for machines; of nobody, and of no report."""

from __future__ import annotations

import logging
import sys
from typing import IO

import structlog
from structlog.typing import Processor

from situasi.disk_space import SPACE


class _Handler(logging.StreamHandler[IO[str]]):
    """Tells where the log itself finds no space; any other fault is told as usual."""

    _failed = False

    def emit(self, record: logging.LogRecord) -> None:
        self._failed = False
        super().emit(record)
        if not self._failed:
            SPACE.wrote("log")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (its name in logging)
        self._failed = True
        error = sys.exc_info()[1]
        if error is None or not SPACE.report("log", error):
            super().handleError(record)


def set_up(form: str, stream: IO[str]) -> logging.Handler:
    """Write what the board has to say to this stream. form: one of settings.LOGS."""
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _written(form),
            ],
        )
    )
    own = logging.getLogger("situasi")
    for former in own.handlers[:]:
        own.removeHandler(former)
    own.addHandler(handler)
    own.setLevel(logging.INFO)
    own.propagate = False
    return handler


def _written(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    order = ["timestamp", "level", "event"]
    return structlog.processors.LogfmtRenderer(key_order=order, drop_missing=True)
