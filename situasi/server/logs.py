"""Logs: one line an event, for people or for machines; of nobody, and of no report."""

from __future__ import annotations

import logging
from typing import IO

import structlog
from structlog.typing import Processor


def set_up(form: str, stream: IO[str]) -> logging.Handler:
    """Write what the board has to say to this stream. form: one of settings.LOGS."""
    handler = logging.StreamHandler(stream)
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
