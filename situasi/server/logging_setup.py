"""Log setup: one line per event, as text or JSON; nothing about people or reports."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import IO, Any

import structlog
from structlog.typing import EventDict, Processor

from situasi.common.disk_space import DISK_SPACE
from situasi.common.service_numbers import mask_service_numbers

# Characters that end a line or change how it reads: controls, line separators, directions.
_UNSAFE_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_INDENT = "    | "


def escape(text: str) -> str:
    """Replace every character that could end a line, or hide one, by its code."""
    return _UNSAFE_CHARACTERS.sub(
        lambda match: match[0].encode("unicode_escape").decode("ascii"), text
    )


class _EscapedValue:
    """A value that is not text: escaped when it is formatted."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __str__(self) -> str:
        return escape(str(self._value))

    def __repr__(self) -> str:
        return escape(repr(self._value))


def _escape_value(value: object) -> object:
    if isinstance(value, str):
        return escape(value)
    return value if value is None or isinstance(value, int | float) else _EscapedValue(value)


class EscapedRecord(logging.LogRecord):
    """A log record whose content cannot start a line of its own, whichever handler writes it.

    A traceback keeps its lines; each is indented, so that it does not look like a record.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.msg = escape(str(self.msg))
        if isinstance(self.args, Mapping):
            self.args = {name: _escape_value(value) for name, value in self.args.items()}
        elif self.args:
            self.args = tuple(map(_escape_value, self.args))
        if self.exc_info:
            lines = "".join(traceback.format_exception(*self.exc_info)).rstrip("\n").split("\n")
            self.exc_text = "\n".join(_INDENT + escape(line) for line in lines)


def escape_records() -> None:
    """Make every logger of this process use EscapedRecord, those of libraries too."""
    logging.setLogRecordFactory(EscapedRecord)


class _Handler(logging.StreamHandler[IO[str]]):
    """A handler that reports a full disk to DISK_SPACE; other failures go to logging."""

    _failed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; tell DISK_SPACE whether it worked."""
        self._failed = False
        super().emit(record)
        if not self._failed:
            DISK_SPACE.record_success("log")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (its name in logging)
        """Report a full disk; leave other errors to logging."""
        self._failed = True
        error = sys.exc_info()[1]
        if error is None or not DISK_SPACE.record_if_disk_full("log", error):
            super().handleError(record)


def set_up(log_format: str, stream: IO[str]) -> logging.Handler:
    """Write the board's log to this stream. log_format: one of settings.LOG_FORMATS."""
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
                _mask_service_numbers,
                _build_renderer(log_format),
            ],
        )
    )
    logger = logging.getLogger("situasi")
    for old_handler in logger.handlers[:]:
        logger.removeHandler(old_handler)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return handler


def _mask_service_numbers(_: object, __: str, event: EventDict) -> EventDict:
    """Mask NRP and NIP: messages of libraries quote cells. `fault` is an id that people look up."""
    for name, value in event.items():
        if isinstance(value, str) and name not in {"fault", "timestamp"}:
            event[name] = mask_service_numbers(value)
    return event


def _build_renderer(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    order = ["timestamp", "level", "event"]
    return structlog.processors.LogfmtRenderer(key_order=order, drop_missing=True)
