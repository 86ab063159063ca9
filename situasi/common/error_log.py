"""Unexpected errors: logged with their traceback under an id that people can be told."""

from __future__ import annotations

import logging
import secrets
from contextlib import suppress


def record(log: logging.Logger, event: str, error: BaseException, **details: object) -> str:
    """Log an unexpected error with its traceback; return the id under which the log holds it.

    Never raises: it is called where something else has gone wrong already.
    """
    number = secrets.token_hex(4)
    with suppress(Exception):
        log.error(event, exc_info=error, extra={"fault": number, **details})
    return number


def describe(error: BaseException, error_id: str = "") -> str:
    """Say in Indonesian that an unexpected error happened, and where to find it in the log."""
    said = f"kesalahan tak terduga ({type(error).__name__})"
    return f"{said}; catatan log {error_id}" if error_id else said
