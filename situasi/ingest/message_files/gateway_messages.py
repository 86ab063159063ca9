"""Reads a delivery of an SMS gateway or a chat bridge into messages, whatever shape it has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from situasi.ingest.message_files.gateway_profiles import GatewayProfile, read_first
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.datetimes import read_time
from situasi.ingest.tables import SourceError

NO_TIME = "waktu kirim tidak ada; dipakai waktu tiba"
_UTC = ZoneInfo("UTC")
_MAX_QUOTE = 40  # characters of a value in a sentence
# Older than this before it arrives, a time is that of a telephone that lost its clock.
_OLDEST = timedelta(days=400)
# Up to this size a number is seconds since 1970, and so on.
_EPOCH = re.compile(r"([0-9]{9,17})(?:\.[0-9]+)?")
_UNITS = ((10**11, 1), (10**14, 10**3), (10**17, 10**6))


@dataclass(frozen=True)
class GatewayMessage:
    """One message as it came. Its text and sender must be redacted before they are kept.

    sender: as the program names them, a telephone number mostly; "" where it does not.
    sent_at: aware; None where it is not known. doubt: why the time is not sure, in Indonesian.
    ident: by which the program knows the message. is_edit: the sender changed an earlier one.
    is_live: it came just now, so that a time that is not known may be that of its arrival.
    default_day: of a message that names no day. is_logged: its time is that of what it tells.
    """

    text: str
    sender: str
    sender_name: str | None
    sent_at: datetime | None
    doubt: str | None
    ident: str | None
    is_edit: bool
    is_live: bool = True
    default_day: date | None = None
    is_logged: bool = False


@dataclass(frozen=True)
class GatewayDelivery:
    """What a delivery holds. ignored: why something in it is no message, in Indonesian."""

    profile: GatewayProfile
    messages: tuple[GatewayMessage, ...]
    ignored: tuple[str, ...]


def read_delivery(
    document: Any,
    profiles: Sequence[GatewayProfile],
    zone: ZoneInfo,
    now: datetime,
    latest: datetime,
    profile_name: str | None = None,
) -> GatewayDelivery:
    """Return the messages of a delivery: an object, or a list of objects of one program.

    zone: of times without one. latest: no message is sent after it. profile_name: the program;
    None recognises it. Raises SourceError for an unknown program, shape, or type of a value.
    """
    objects = document if isinstance(document, list) else [document]
    if not objects or not all(isinstance(body, dict) and body for body in objects):
        raise SourceError("Kirim satu objek pesan, atau daftar objek pesan.")
    profile = _choose_profile(objects[0], profiles, profile_name)
    messages: list[GatewayMessage] = []
    ignored: list[str] = []
    for body in objects:
        items = profile.find_items(body)
        if not items:
            ignored.append("bukan pesan masuk")
        for item in items:
            text = _join_pieces(read_first(body, item, profile.text))
            if not profile.is_incoming(body, item):
                ignored.append("bukan pesan masuk")
            elif text is None or (isinstance(text, str) and not text.strip()):
                ignored.append("tanpa teks")
            else:
                messages.append(_read_item(profile, body, item, zone, now, latest))
    return GatewayDelivery(profile, tuple(messages), tuple(ignored))


def _choose_profile(
    body: Mapping[str, Any], profiles: Sequence[GatewayProfile], name: str | None
) -> GatewayProfile:
    if name is not None:
        chosen = next((profile for profile in profiles if profile.name == name), None)
        if chosen is None:
            names = ", ".join(profile.name for profile in profiles)
            raise SourceError(f'Profil pesan "{name[:_MAX_QUOTE]}" tidak ada; pilih: {names}.')
        return chosen
    recognised = next((profile for profile in profiles if profile.recognises(body)), None)
    if recognised is None:
        raise SourceError(
            "Bentuk pesan ini tidak dikenal. Kirim teks, pengirim, waktu dan id, atau sebut"
            " profilnya: ?profile=NAMA."
        )
    return recognised


def _read_item(
    profile: GatewayProfile,
    body: Mapping[str, Any],
    item: Mapping[str, Any],
    zone: ZoneInfo,
    now: datetime,
    latest: datetime,
) -> GatewayMessage:
    text = _join_pieces(read_first(body, item, profile.text))
    if not isinstance(text, str):
        raise SourceError("Teks pesan harus berupa teks.")
    raw_time = read_first(body, item, profile.time)
    sent_at, doubt = read_sent_time(raw_time, profile.zone, zone, now, latest)
    return GatewayMessage(
        text,
        _to_word(read_first(body, item, profile.sender), "Pengirim"),
        _to_word(read_first(body, item, profile.sender_name), "Nama pengirim") or None,
        sent_at,
        doubt,
        _to_word(read_first(body, item, profile.id), "Id pesan") or None,
        read_first(body, item, profile.edited) is not None,
    )


def _join_pieces(value: Any) -> Any:
    """Return a text that came in pieces, some of them formatted, as one; any other value as is."""
    if not isinstance(value, list) or not any(isinstance(piece, dict) for piece in value):
        return value
    pieces = [piece.get("text") if isinstance(piece, dict) else piece for piece in value]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(texts) if len(texts) == len(pieces) else value


def _to_word(value: Any, what: str) -> str:
    """Return a key of a program as text. Raises SourceError for anything but text or a number."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SourceError(f"{what} harus berupa teks atau angka bulat.")
    return str(value).strip()[:500]


def read_sent_time(
    value: Any, own_zone: str | None, zone: ZoneInfo, now: datetime, latest: datetime
) -> tuple[datetime | None, str | None]:
    """Return when a message was sent, and a doubt about it; None where it cannot be told.

    value: ISO 8601, seconds, milliseconds or microseconds since 1970, or as people write it.
    own_zone: in which the program writes times without one; None: `zone`, with a doubt. Raises
    SourceError for a value that is neither text nor number.
    """
    if value is None:
        return None, NO_TIME
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SourceError("Waktu pesan harus berupa teks atau angka.")
    text = str(value).strip()
    moment, doubt = _read_epoch(text), None
    if moment is None:
        local = _read_written(text, zone)
        if local is not None and local.tzinfo is None:
            label = own_zone or local.replace(tzinfo=zone).tzname() or str(zone)
            doubt = None if own_zone else f"waktu kirim tanpa zona; dibaca sebagai {label}"
            local = local.replace(tzinfo=ZoneInfo(own_zone) if own_zone else zone)
        moment = local and local.astimezone(UTC)
    if moment is None:
        return None, f'waktu kirim "{text[:_MAX_QUOTE]}" tidak terbaca; dipakai waktu tiba'
    if not now - _OLDEST <= moment <= latest:
        return None, f'waktu kirim "{text[:_MAX_QUOTE]}" tidak mungkin; dipakai waktu tiba'
    return moment, doubt


def _read_epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    if match is None:
        return None
    number = int(match[1])
    for limit, per_second in _UNITS:
        if number < limit:
            seconds, part = divmod(number, per_second)
            return datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=part / per_second)
    return None


def _read_written(text: str, zone: ZoneInfo) -> datetime | None:
    """Return a written time to the minute, naive where it names no zone; None if there is none."""
    if len(text) > 60:
        return None
    try:
        return datetime.fromisoformat(text) if len(text) >= 15 else None
    except ValueError:
        pass
    try:
        parsed, in_utc = read_time(text, zone), read_time(text, _UTC)
    except UnreadableCell:
        return None
    if parsed.precision != "menit":
        return None
    names_zone = parsed.moment == in_utc.moment
    return parsed.moment if names_zone else in_utc.moment.replace(tzinfo=None)
