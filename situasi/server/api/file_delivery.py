"""Files and submissions over HTTP: on disk while they arrive, then read like those of the inbox."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from situasi.board import Board
from situasi.common.disk_space import DISK_SPACE
from situasi.ingest.pipeline import IngestRequest
from situasi.ingest.readers.limits import DeliveryLimits, format_too_many_bytes
from situasi.ingest.upload import ingest_upload
from situasi.server.api import request_body
from situasi.server.api.api_keys import WRITABLE, Key
from situasi.server.api.delivery import count_new_rows, find_profile
from situasi.server.api.limits import Limits, NewRowLimiter
from situasi.server.api.problem_details import Problem

PATH = "/api/v1/kiriman"
MULTIPART = "multipart/form-data"
FILE_FIELD = "berkas"
# Fields of the form, or parameters of the address.
OPTIONS = ("feed", "profile", "dry_run")
_YES, _NO = frozenset({"1", "ya", "true", "yes"}), frozenset({"0", "tidak", "false", "no", ""})
_MAX_OPTION_BYTES = 1_000
_MAX_FORM_BYTES = 64 << 10
_DISCARDED_BYTES = 8 << 20
_SPOOLED_BYTES = 1 << 20  # of a file, in memory; beyond it is on disk
_SUFFIXES = {
    request_body.CSV: "csv",
    request_body.XLSX: "xlsx",
    request_body.JSON: "json",
    **request_body.OTHER_WORKBOOKS,
}


@dataclass(frozen=True)
class FileDelivery:
    """A file as received. name: of the sender, not safe. feed, profile: None recognises it."""

    name: str
    file: UploadFile
    feed: str | None = None
    profile: str | None = None
    is_dry_run: bool = False


class FileDoor:
    """The way of files into one board. Every method may be called from any thread."""

    def __init__(self, board: Board, limits: Limits) -> None:
        self._board, self._limits = board, limits
        self._new_row_limiter = NewRowLimiter(limits.new_rows_per_hour)

    def store_file(self, key: Key, incoming: FileDelivery, now: datetime) -> dict[str, Any]:
        """Return what became of every row. Raises Problem 403, 422, 429 and 503, and StoreError."""
        if incoming.feed is not None and incoming.feed not in key.feeds:
            raise Problem(403, f'Kunci ini tidak berhak mengirim "{incoming.feed[:40]}".')
        profile = find_profile(self._board, incoming.profile)
        self._new_row_limiter.check(key.actor, now)
        limits = DeliveryLimits(self._limits.max_upload_rows, self._limits.upload_bytes)
        request = IngestRequest(
            Path(incoming.name), self._board.store, self._board.ingest_context, key.write_scope(),
            now=now, dry_run=incoming.is_dry_run, feed=incoming.feed, profile=profile,
            limits=limits,
        )  # fmt: skip
        result = ingest_upload(incoming.file.file, request)
        if result.refused:
            raise Problem(503 if result.retry else 422, result.refused)
        if not incoming.is_dry_run:
            self._new_row_limiter.add(key.actor, now, count_new_rows(self._board, result))
        return {**result.as_json(), "dry_run": incoming.is_dry_run}


async def receive_file(request: Request, key: Key, limits: Limits) -> FileDelivery:
    """Take in a file, as the field `berkas` of a form or as the body itself.

    The caller closes its file. Raises Problem 408, 413, 415, 422 and 503.
    """
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "Kirim berkas apa adanya, tidak dimampatkan (Content-Encoding).")
    try:
        async with asyncio.timeout(limits.upload_timeout_s):
            if declared == MULTIPART:
                return await _receive_form(request, limits)
            return await _receive_body(request, key, declared, limits)
    except TimeoutError:
        raise Problem(408, "Kiriman tidak selesai pada waktunya.") from None
    except OSError as error:
        DISK_SPACE.record_if_disk_full("upload", error)
        raise Problem(503, "Berkas ini tidak dapat ditulis di server; coba lagi nanti.") from error


async def _receive_form(request: Request, limits: Limits) -> FileDelivery:
    parser = MultiPartParser(
        request.headers, _read_whole_form(request, limits),
        max_files=1, max_fields=len(OPTIONS), max_part_size=_MAX_OPTION_BYTES,
    )  # fmt: skip
    try:
        form = await parser.parse()
    except MultiPartException:
        raise Problem(
            422, f"Formulir ini tidak terbaca: satu berkas ({FILE_FIELD}) dan isiannya saja."
        ) from None
    try:
        return _read_form(form, request.query_params, limits)
    except Problem:
        await form.close()
        raise


async def _read_whole_form(request: Request, limits: Limits) -> AsyncGenerator[bytes, None]:
    """Yield a form. Raises Problem 413, and MultiPartException where its end is missing.

    The parser takes a form without an end for one without its last part, and leaves its file open.
    """
    _, options = parse_options_header(request.headers["content-type"])
    end, tail = b"--" + options.get(b"boundary", b"") + b"--", b""
    async for part in _limit_stream(request, limits.upload_bytes, _MAX_FORM_BYTES):
        yield part
        tail = (tail + part)[-len(end) - _MAX_OPTION_BYTES :]
    if end not in tail:
        raise MultiPartException("the end is missing")


def _read_form(form: FormData, query: QueryParams, limits: Limits) -> FileDelivery:
    # Programs name the field as they like, and a form has one file at most.
    file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
    if file is None:
        raise Problem(422, f'Berkasnya tidak ada: kirim sebagai isian "{FILE_FIELD}".')
    if file.size is None or file.size > limits.upload_bytes:
        raise Problem(413, format_too_many_bytes(file.size or 0, limits.upload_bytes))
    others = [(name, value) for name, value in form.multi_items() if value is not file]
    return _build_delivery(file.filename or "kiriman", file, others, query)


async def _receive_body(request: Request, key: Key, declared: str, limits: Limits) -> FileDelivery:
    suffix = _SUFFIXES.get(declared)
    if suffix is None and declared not in request_body.UNSPECIFIC_TYPES:
        expected = ", ".join((MULTIPART, *_SUFFIXES))
        raise Problem(415, f'Kirim sebagai {expected}, bukan "{declared[:60]}".')
    spooled = SpooledTemporaryFile(max_size=_SPOOLED_BYTES)  # noqa: SIM115 (the caller closes it)
    file = UploadFile(spooled, size=0)  # type: ignore[arg-type]
    try:
        async for part in _limit_stream(request, limits.upload_bytes):
            await file.write(part)
        if not file.size:
            raise Problem(422, "Kiriman ini kosong.")
        name = f"{key.name}.{suffix}" if suffix else key.name
        return _build_delivery(name, file, [], request.query_params)
    except BaseException:
        await file.close()
        raise


def _build_delivery(
    name: str, file: UploadFile, fields: list[tuple[str, Any]], query: QueryParams
) -> FileDelivery:
    """Return the file with its options, each of which may be given once."""
    given = [*fields, *(pair for pair in query.multi_items() if pair[0] != "kunci")]
    options: dict[str, str] = {}
    for option, value in given:
        if option not in OPTIONS or not isinstance(value, str):
            raise Problem(422, f'Isian "{option[:40]}" tidak dikenal; ada: {", ".join(OPTIONS)}.')
        if option in options:
            raise Problem(422, f'Isian "{option}" disebut dua kali.')
        options[option] = value.strip()
    feed = options.get("feed") or None
    if feed is not None and feed not in WRITABLE:
        raise Problem(422, f'Jenis "{feed[:40]}" tidak ada; pilih: {", ".join(WRITABLE)}.')
    word = options.get("dry_run", "").lower()
    if word not in _YES | _NO:
        raise Problem(422, "dry_run: ya atau tidak.")
    return FileDelivery(name, file, feed, options.get("profile") or None, word in _YES)


async def _limit_stream(
    request: Request, max_bytes: int, form_bytes: int = 0
) -> AsyncGenerator[bytes, None]:
    """Yield the body up to the limit. Raises Problem 413 beyond it.

    form_bytes: of what stands around the file.
    """
    size, limit = 0, max_bytes + form_bytes
    async for part in request.stream():
        size += len(part)
        if size <= limit:
            yield part
        elif size > limit + _DISCARDED_BYTES:  # a client that still sends reads no response
            break
    if size > limit:
        raise Problem(413, format_too_many_bytes(size, max_bytes))
