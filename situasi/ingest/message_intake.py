"""Puts the messages of a program into the tray: redacted, read, and each of them once."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import NamedTuple

from situasi.ingest import feeds, message_tray
from situasi.ingest.context import IngestContext
from situasi.ingest.message_files.gateway_messages import GatewayDelivery, GatewayMessage
from situasi.ingest.message_tray import TrayNote
from situasi.ingest.messages.chat_splitter import Message
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.proposal import Proposal, ProposedRow
from situasi.ingest.redaction.sender_marks import SenderMarks
from situasi.ingest.tables import build_table
from situasi.store import WAITING_MESSAGE, Store

# Without a time and an id, the same text of the same sender is the same message for so long.
_REPEAT_S = 600
_NO_INCIDENT = "nihil"
# Who says something, when and in which words, is not what is said.
_OF_SENDING = frozenset(("pelapor", "waktu_lapor", "teks_asli"))
_SAME_AS = "isinya sama dengan pesan {}"


@dataclass(frozen=True)
class MessageSource:
    """The program that brings messages. actor, name: of its key. area: of its key; empty: all."""

    actor: str
    name: str
    area: tuple[str, ...]


@dataclass(frozen=True)
class IntakeResult:
    """What became of a delivery. read == accepted + duplicate + ignored.

    numbers: of the accepted messages in the tray. reasons: why something was ignored.
    """

    read: int
    accepted: int
    duplicate: int
    ignored: int
    numbers: tuple[int, ...]
    reasons: tuple[str, ...]


class _Arrival(NamedTuple):
    """A new message as read. earlier: number of the message that it changes, if any."""

    message: GatewayMessage
    proposal: Proposal
    content_mark: str
    ident_mark: str | None
    earlier: int | None


class _RowCheck(NamedTuple):
    """What the checks say of the rows of a message. kecamatan: none where one is not known."""

    kecamatan: tuple[str, ...]
    is_sound: bool


class MessageIntake:
    """The way into the tray of one board. Not for two threads at once.

    It remembers by two marks which messages came: by the id of the program, and by sender, time and
    text. So what is tried again, or comes through two programs, is one message.
    """

    def __init__(self, store: Store, context: IngestContext, marks: SenderMarks) -> None:
        self._store, self._context, self._marks = store, context, marks
        self._extractor = MessageExtractor(context)
        self._numbers: dict[str, int] | None = None  # by mark
        self._numbers_by_facts: dict[str, int] = {}  # by mark, once the former are loaded

    def add(self, delivery: GatewayDelivery, source: MessageSource, now: datetime) -> IntakeResult:
        """Add the messages of a delivery. Raises StoreError.

        After an error the same delivery may come again: what is in the tray is a duplicate then.
        """
        arrivals = self._read_new(delivery, source, now)
        checks = self._check_rows([arrival.proposal for arrival in arrivals], now)
        numbers = []
        for arrival, check in zip(arrivals, checks, strict=True):
            facts = self._mark_facts(arrival.proposal)
            same = self._numbers_by_facts.get(facts) if facts else None
            note = self._build_note(arrival, check, delivery.profile.name, source, facts, same)
            number, is_new = self._store.put_waiting(
                WAITING_MESSAGE, source.name, arrival.content_mark,
                message_tray.encode_proposal(arrival.proposal), now, source.actor, note=note,
            )  # fmt: skip
            for mark in filter(None, (arrival.content_mark, arrival.ident_mark)):
                self._load_numbers().setdefault(mark, number)
            if facts:
                self._numbers_by_facts.setdefault(facts, number)
            numbers += [number] if is_new else []
        total, ignored = len(delivery.messages), len(delivery.ignored)
        reasons = tuple(dict.fromkeys(delivery.ignored))
        return IntakeResult(
            total + ignored, len(numbers), total - len(numbers), ignored, tuple(numbers), reasons
        )

    def _read_new(
        self, delivery: GatewayDelivery, source: MessageSource, now: datetime
    ) -> list[_Arrival]:
        """Return the messages that did not come before, nor twice in this delivery, as read."""
        known, arriving = self._load_numbers(), set[str]()
        arrivals = []
        for message in delivery.messages:
            content, ident = self._mark_content(message, now), self._mark_ident(message, source)
            marks = {content, *([ident] if ident and not message.is_edit else [])}
            if ident is None:
                marks.add(self._mark_content(message, now, periods_ago=1))
            if any(mark in known or mark in arriving for mark in marks):
                continue
            arriving |= {content, *([ident] if ident else [])}
            earlier = known.get(ident) if ident else None
            proposal = self._read(message, now)
            arrivals.append(_Arrival(message, proposal, content, ident, earlier))
        return arrivals

    def _load_numbers(self) -> dict[str, int]:
        if self._numbers is None:
            items = self._store.waiting_items(WAITING_MESSAGE, include_settled=True)
            self._numbers = {item.sha256: item.number for item in items}
            for item in items:
                note = message_tray.parse_note(item.note)
                if note.ident:
                    self._numbers.setdefault(note.ident, item.number)
                if note.facts:
                    self._numbers_by_facts.setdefault(note.facts, item.number)
        return self._numbers

    def _mark_content(self, message: GatewayMessage, now: datetime, *, periods_ago: int = 0) -> str:
        """Return the mark of sender, time and text; without a time of its id or of the period."""
        sender, text = self._marks.mark_sender(message.sender), " ".join(message.text.split())
        if message.sent_at is not None:
            return self._marks.mark("time", sender, message.sent_at.isoformat(), text)
        if message.ident is not None:
            return self._marks.mark("id", sender, message.ident, text)
        if not message.is_live:
            return self._marks.mark("text", sender, str(message.default_day), text)
        period = int(now.timestamp()) // _REPEAT_S - periods_ago
        return self._marks.mark("period", sender, str(period), text)

    def _mark_ident(self, message: GatewayMessage, source: MessageSource) -> str | None:
        if message.ident is None:
            return None
        return self._marks.mark("ident", source.name, message.ident)

    def _mark_facts(self, proposal: Proposal) -> str | None:
        """Return the mark of what the rows of a message say; None where that is not clear."""
        if any(row.unclear_cells for row in proposal.rows):
            return None
        rows = [
            [row.feed, sorted((h, c) for h, c in row.cells.items() if h not in _OF_SENDING)]
            for row in proposal.rows
        ]
        return self._marks.mark("facts", json.dumps(rows)) if rows else None

    def _read(self, message: GatewayMessage, now: datetime) -> Proposal:
        """Return what the reader proposes, with a mark in place of a reporter who has no post."""
        name = message.sender_name
        if name is None and not any(letter.isdigit() for letter in message.sender):
            name = message.sender
        sent_at = message.sent_at or (now if message.is_live else None)
        local = sent_at and sent_at.astimezone(self._context.election.zone)
        day, clock = (f"{local:%d/%m/%Y}", f"{local:%H:%M:%S}") if local else (None, None)
        written = Message(
            message.text, sender=name or None, day=day, clock=clock, is_logged=message.is_logged
        )
        proposal = self._extractor.extract(written, message.default_day)
        if proposal.pelapor or not message.sender:
            return proposal
        pelapor = f"pengirim {self._marks.mark_sender(message.sender)[:6]}"
        rows = tuple(_name_reporter(row, pelapor) for row in proposal.rows)
        return replace(proposal, pelapor=pelapor, rows=rows)

    def _build_note(
        self,
        arrival: _Arrival,
        check: _RowCheck,
        profile: str,
        source: MessageSource,
        facts: str | None,
        same: int | None,
    ) -> dict[str, object]:
        """Return the note of a message. same: the number of an earlier one with these facts."""
        message, proposal, kecamatan = arrival.message, arrival.proposal, check.kecamatan
        is_inside = not source.area or (bool(kecamatan) and set(kecamatan) <= set(source.area))
        repeats = _SAME_AS.format(same) if same is not None else None
        doubt = "; ".join(filter(None, (message.doubt, repeats))) or None
        is_sure = check.is_sound and is_inside and not message.is_edit and doubt is None
        note = TrayNote(
            sender=self._marks.mark_sender(message.sender) if message.sender else "",
            profile=profile,
            sent_at=message.sent_at.isoformat() if message.sent_at else None,
            doubt=doubt,
            area=source.area,
            edits=arrival.earlier,
            is_clear=is_sure and proposal.is_clear,
            is_urgent=any(
                row.feed == "incidents" and row.cells.get("jenis") != _NO_INCIDENT
                for row in proposal.rows
            ),
            kecamatan=kecamatan,
            ident=arrival.ident_mark,
            facts=facts,
        )
        return asdict(note)

    def _check_rows(self, proposals: Sequence[Proposal], now: datetime) -> list[_RowCheck]:
        """Check the rows of all messages at once, as they would be checked when entered."""
        by_feed: dict[str, list[tuple[int, dict[str, str]]]] = {}
        for index, proposal in enumerate(proposals):
            for row in proposal.rows:
                by_feed.setdefault(row.feed, []).append((index, row.cells))
        codes: list[list[str | None]] = [[] for _proposal in proposals]
        for feed, rows in by_feed.items():
            table = build_table([cells for _index, cells in rows])
            accepted = feeds.check(table, feed, self._context, now).accepted
            for row_number, code in zip(accepted["row"], accepted["kecamatan"], strict=True):
                codes[rows[row_number - 1][0]].append(code if isinstance(code, str) else None)
        return [
            _RowCheck(_join_codes(found) if len(found) == len(proposal.rows) else (),
                      len(found) == len(proposal.rows))
            for found, proposal in zip(codes, proposals, strict=True)
        ]  # fmt: skip


def _join_codes(codes: Sequence[str | None]) -> tuple[str, ...]:
    known = sorted({code for code in codes if code is not None})
    return () if None in codes else tuple(known)


def _name_reporter(row: ProposedRow, pelapor: str) -> ProposedRow:
    return (
        row if row.cells.get("pelapor") else replace(row, cells={**row.cells, "pelapor": pelapor})
    )
