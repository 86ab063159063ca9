"""Exports of a chat as text, as WhatsApp writes them on any telephone, its dates in any order."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from situasi.ingest.context import IngestContext
from situasi.ingest.message_files.found_messages import build_delivery
from situasi.ingest.message_files.gateway_messages import GatewayDelivery, GatewayMessage
from situasi.ingest.messages.chat_splitter import (
    HEADER_PATTERN,
    Message,
    MessageKind,
    split_chat,
    strip_app_notices,
)
from situasi.ingest.messages.extractor import parse_sent_time

_HALF_DAY = re.compile(r"[ap]\.?m\.?\Z", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?[0-9][0-9 ().-]{6,22}")
_LEFT_OUT = {
    MessageKind.SYSTEM: "catatan aplikasi, bukan pesan",
    MessageKind.MEDIA: "gambar, suara atau berkas tanpa teks",
    MessageKind.DELETED: "pesan yang dihapus pengirimnya",
}
_Order = Callable[[int, int, int], tuple[int, int, int]]  # to year, month, day
_DAY_FIRST: _Order = lambda a, b, c: (c, b, a)  # noqa: E731
_ORDERS: tuple[_Order, ...] = (_DAY_FIRST, lambda a, b, c: (c, a, b), lambda a, b, c: (a, b, c))
_MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def is_chat_export(head: str) -> bool:
    """Return whether a text begins as an exported chat: with a header, or with two further on."""
    first = HEADER_PATTERN.search(head)
    if first is None:
        return False
    return not head[: first.start()].strip() or HEADER_PATTERN.search(head, first.end()) is not None


def read_chat_export(text: str, context: IngestContext, now: datetime) -> GatewayDelivery:
    """Return the messages of an export. Raises SourceError where it is too long."""
    messages = split_chat(text)
    order = _find_order(messages, now.astimezone(context.election.zone).date())
    found: list[GatewayMessage] = []
    left_out: list[str] = []
    for message in messages:
        reason = _LEFT_OUT.get(message.kind)
        if reason is None:
            found.append(_build_message(message, order, context))
        elif message.text.strip() or message.header:
            left_out.append(reason)
    return build_delivery("ekspor-percakapan", found, left_out)


def _build_message(message: Message, order: "_DateOrder", context: IngestContext) -> GatewayMessage:
    day = order.read(message.day) if message.day else None
    plain = replace(message, day=f"{day:%d/%m/%Y}" if day else message.day)
    sent_at = parse_sent_time(plain, context.election.zone)
    doubt = order.doubt
    if message.clock and sent_at is None:
        doubt = f'waktu kirim "{message.day} {message.clock}" tidak terbaca'
    sender = (message.sender or "").strip(f"~ \u00a0\u202f{_MARKS}")
    is_number = _PHONE.fullmatch(sender) is not None
    text = strip_app_notices(message.text).strip(f" \n\r\t{_MARKS}")
    return GatewayMessage(
        text, sender, None if is_number or not sender else sender,
        sent_at.astimezone(UTC) if sent_at else None, doubt, None, is_edit=False, is_live=False,
    )  # fmt: skip


class _DateOrder:
    """In which order a telephone writes day, month and year. doubt: where two orders may be."""

    def __init__(self, order: _Order, doubt: str | None) -> None:
        self._order, self.doubt = order, doubt

    def read(self, text: str) -> date | None:
        """Return the day of a header; None where there is no such day."""
        return _read_day(text, self._order)


def _find_order(messages: Sequence[Message], today: date) -> _DateOrder:
    """Return the order in which every date is a day that has been; the day comes first, if it can.

    A clock of twelve hours is that of a telephone that may write the month first: it is doubted.
    """
    headers = [(m.day, m.clock or "") for m in messages if m.day]
    days = list(dict.fromkeys(day for day, _clock in headers))
    possible = [order for order in _ORDERS if _fits(days, order, today)]
    if not possible:
        return _DateOrder(_DAY_FIRST, None)
    readings = {tuple(_read_day(day, order) for day in days) for order in possible[:2]}
    has_half_days = any(_HALF_DAY.search(clock) for _day, clock in headers)
    is_doubted = has_half_days and len(readings) > 1
    doubt = f'tanggal "{days[0]}" dibaca hari/bulan; bisa juga bulan/hari' if is_doubted else None
    return _DateOrder(possible[0], doubt)


def _fits(days: Sequence[str], order: _Order, today: date) -> bool:
    read = [_read_day(day, order) for day in days]
    return all(day is not None and day.year > 2000 and day <= today for day in read)


def _read_day(text: str, order: _Order) -> date | None:
    parts = [int(part) for part in re.findall("[0-9]+", text)]
    if len(parts) != 3:
        return None
    is_iso = len(re.findall("[0-9]+", text)[0]) == 4
    year, month, day = parts if is_iso else order(*parts)
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
