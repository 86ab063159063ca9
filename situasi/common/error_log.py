"""Unexpected errors: logged with their traceback under an id that is shown to people."""

import logging
import secrets
from contextlib import suppress


def record(log: logging.Logger, event: str, error: BaseException, **details: object) -> str:
    """Log an unexpected error with its traceback; return the id of the log entry.

    Never raises: it is called where something else has gone wrong already.
    """
    error_id = secrets.token_hex(4)
    with suppress(Exception):
        log.error(event, exc_info=error, extra={"fault": error_id, **details})
    return error_id


def describe(error: BaseException, error_id: str = "") -> str:
    """Say in Indonesian that an unexpected error happened, and where to find it in the log."""
    text = f"kesalahan tak terduga ({type(error).__name__})"
    return f"{text}; catatan log {error_id}" if error_id else text
