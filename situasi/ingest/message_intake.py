"""Puts the messages of a program into the tray: redacted, read, and each of them once."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from situasi.ingest import feeds, message_tray
from situasi.ingest.context import IngestContext
from situasi.ingest.message_tray import TrayNote
from situasi.ingest.messages.chat_splitter import Message
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.proposal import Proposal, ProposedRow
from situasi.ingest.pipeline import build_table
from situasi.ingest.redaction.sender_marks import SenderMarks
from situasi.ingest.sources.gateway_messages import GatewayDelivery, GatewayMessage
from situasi.store import Store

# Without a time and an id, the same text of the same sender is the same message for so long.
_REPEAT_S = 600
_NO_INCIDENT = "nihil"


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


class MessageIntake:
    """The way into the tray of one board. Not for two threads at once.

    It remembers by two marks which messages came: by the id of the program, and by sender, time and
    text. So what is tried again, or comes through two programs, is one message.
    """

    def __init__(self, store: Store, context: IngestContext, marks: SenderMarks) -> None:
        self._store, self._context, self._marks = store, context, marks
        self._extractor = MessageExtractor(context)
        self._numbers: dict[str, int] | None = None  # by mark

    def add(self, delivery: GatewayDelivery, source: MessageSource, now: datetime) -> IntakeResult:
        """Add the messages of a delivery. Raises StoreError.

        After an error the same delivery may come again: what is in the tray is a duplicate then.
        """
        numbers = []
        for message in delivery.messages:
            number = self._add_message(message, delivery.profile.name, source, now)
            if number is not None:
                numbers.append(number)
        total, ignored = len(delivery.messages), len(delivery.ignored)
        reasons = tuple(dict.fromkeys(delivery.ignored))
        return IntakeResult(
            total + ignored, len(numbers), total - len(numbers), ignored, tuple(numbers), reasons
        )

    def _add_message(
        self, message: GatewayMessage, profile: str, source: MessageSource, now: datetime
    ) -> int | None:
        """Return the number of a new message; None for one that came before."""
        known = self._load_numbers()
        content, ident = self._mark_content(message, now), self._mark_ident(message, source)
        earlier = known.get(ident) if ident else None
        if content in known or (earlier is not None and not message.is_edit):
            return None
        if ident is None and self._mark_content(message, now, periods_ago=1) in known:
            return None
        proposal = self._read(message, now)
        note = self._build_note(message, proposal, profile, source, earlier, ident, now)
        number, is_new = self._store.put_waiting(
            message_tray.KIND, source.name, content, message_tray.encode_proposal(proposal),
            now, source.actor, note=note,
        )  # fmt: skip
        known[content] = number
        if ident:
            known.setdefault(ident, number)
        return number if is_new else None

    def _load_numbers(self) -> dict[str, int]:
        if self._numbers is None:
            items = self._store.waiting_items(message_tray.KIND, include_settled=True)
            self._numbers = {item.sha256: item.number for item in items}
            for item in items:
                ident = message_tray.parse_note(item.note).ident
                if ident:
                    self._numbers.setdefault(ident, item.number)
        return self._numbers

    def _mark_content(self, message: GatewayMessage, now: datetime, *, periods_ago: int = 0) -> str:
        """Return the mark of sender, time and text; without a time of its id or of the period."""
        sender, text = self._marks.mark_sender(message.sender), " ".join(message.text.split())
        if message.sent_at is not None:
            return self._marks.mark("time", sender, message.sent_at.isoformat(), text)
        if message.ident is not None:
            return self._marks.mark("id", sender, message.ident, text)
        period = int(now.timestamp()) // _REPEAT_S - periods_ago
        return self._marks.mark("period", sender, str(period), text)

    def _mark_ident(self, message: GatewayMessage, source: MessageSource) -> str | None:
        if message.ident is None:
            return None
        return self._marks.mark("ident", source.name, message.ident)

    def _read(self, message: GatewayMessage, now: datetime) -> Proposal:
        """Return what the reader proposes, with a mark in place of a reporter who has no post."""
        local = (message.sent_at or now).astimezone(self._context.election.zone)
        name = message.sender_name
        if name is None and not any(letter.isdigit() for letter in message.sender):
            name = message.sender
        day, clock = f"{local:%d/%m/%Y}", f"{local:%H:%M:%S}"
        proposal = self._extractor.extract(
            Message(message.text, sender=name or None, day=day, clock=clock)
        )
        if proposal.pelapor or not message.sender:
            return proposal
        pelapor = f"pengirim {self._marks.mark_sender(message.sender)[:6]}"
        rows = tuple(_name_reporter(row, pelapor) for row in proposal.rows)
        return replace(proposal, pelapor=pelapor, rows=rows)

    def _build_note(
        self,
        message: GatewayMessage,
        proposal: Proposal,
        profile: str,
        source: MessageSource,
        earlier: int | None,
        ident: str | None,
        now: datetime,
    ) -> dict[str, object]:
        kecamatan, is_sound = self._check_rows(proposal, now)
        is_inside = not source.area or (bool(kecamatan) and set(kecamatan) <= set(source.area))
        is_sure = is_sound and is_inside and earlier is None and message.doubt is None
        note = TrayNote(
            sender=self._marks.mark_sender(message.sender) if message.sender else "",
            profile=profile,
            sent_at=message.sent_at.isoformat() if message.sent_at else None,
            doubt=message.doubt,
            area=source.area,
            edits=earlier,
            is_clear=is_sure and proposal.is_clear,
            is_urgent=any(
                row.feed == "incidents" and row.cells.get("jenis") != _NO_INCIDENT
                for row in proposal.rows
            ),
            kecamatan=kecamatan,
            ident=ident,
        )
        return asdict(note)

    def _check_rows(self, proposal: Proposal, now: datetime) -> tuple[tuple[str, ...], bool]:
        """Return the kecamatan of all rows (none where one is not known), and if all are sound."""
        by_feed: dict[str, list[dict[str, str]]] = {}
        for row in proposal.rows:
            by_feed.setdefault(row.feed, []).append(row.cells)
        codes: list[str | None] = []
        is_sound = True
        for feed, cells in by_feed.items():
            checked = feeds.check(build_table(cells), feed, self._context, now)
            codes += checked.accepted["kecamatan"].tolist()
            is_sound = is_sound and not checked.rejected
        is_known = is_sound and all(isinstance(code, str) for code in codes)
        return tuple(sorted({str(code) for code in codes})) if is_known else (), is_sound


def _name_reporter(row: ProposedRow, pelapor: str) -> ProposedRow:
    return (
        row if row.cells.get("pelapor") else replace(row, cells={**row.cells, "pelapor": pelapor})
    )
