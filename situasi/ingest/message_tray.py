"""The tray of messages that programs brought: each waits once, redacted, until a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.chat_splitter import Message
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.proposal import Proposal
from situasi.store import WAITING_MESSAGE, ConflictError, Store, WaitingItem

# Who has a message open. Of the access records, which anybody may hide by a newer one.
_CLAIM_KIND = "message_claim"
# So long a message is kept for whoever opened it: then their browser is taken for closed.
CLAIM_TIME = timedelta(minutes=10)


class MessageTaken(Exception):
    """Somebody else has the message open, or has settled it; the message says who."""


@dataclass(frozen=True)
class TrayNote:
    """What is told of a message without reading it.

    sender: keyed mark. profile: of the program. doubt: about its time, or that another message says
    the same. facts: mark of what its rows say. area: of the API key; empty:
    all. edits: number of the message that it changes. is_clear: nothing is left to ask. is_urgent:
    it reports an incident.
    """

    sender: str
    profile: str
    sent_at: str | None
    doubt: str | None
    area: tuple[str, ...]
    edits: int | None
    is_clear: bool
    is_urgent: bool
    kecamatan: tuple[str, ...]
    ident: str | None = None
    facts: str | None = None

    def is_for(self, area: Sequence[str]) -> bool:
        """Return whether a person of this area (empty: all) sees the message.

        One who has an area sees what surely concerns it: that of a key of the area, or a message
        whose every row is of it.
        """
        if not area:
            return True
        codes = self.kecamatan or self.area
        return bool(codes) and set(codes) <= set(area)


_NOTES, _PROPOSALS = TypeAdapter(TrayNote), TypeAdapter(Proposal)


@dataclass(frozen=True)
class TrayMessage:
    """A message in the tray. text: redacted. proposal: what the reader made of it."""

    number: int
    source: str
    arrived_at: datetime
    note: TrayNote
    proposal: Proposal


def encode_proposal(proposal: Proposal) -> dict[str, Any]:
    """Return the content of a waiting message: JSON. Proposals hold redacted text only."""
    return {"text": proposal.text, "proposal": _PROPOSALS.dump_python(proposal, mode="json")}


def list_items(store: Store, area: Sequence[str]) -> list[tuple[WaitingItem, TrayNote]]:
    """Return the messages that wait and a person of this area sees, as they are to be read.

    Incidents come first, then the oldest: nobody waits for ever, and nothing urgent waits.
    """
    items = [(item, parse_note(item.note)) for item in store.waiting_items(WAITING_MESSAGE)]
    seen = [(item, note) for item, note in items if note.is_for(area)]
    return sorted(seen, key=lambda pair: (not pair[1].is_urgent, pair[0].number))


def load_message(
    store: Store, item: WaitingItem, note: TrayNote, context: IngestContext
) -> TrayMessage:
    """Return a message with its proposal, read anew where a later version wrote it otherwise."""
    content = store.waiting_content(item.number)
    try:
        proposal = _PROPOSALS.validate_python(content["proposal"])
    except ValidationError:
        proposal = MessageExtractor(context).extract(Message(str(content["text"])))
    return TrayMessage(item.number, item.source, item.recorded_at, note, proposal)


def parse_note(note: dict[str, Any]) -> TrayNote:
    """Return the note of a waiting message."""
    return _NOTES.validate_python(note)


def claim(store: Store, number: int, now: datetime, actor: str) -> None:
    """Open a message for this person alone, for a while. Raises MessageTaken and StoreError."""
    version, name = store.access_version(), str(number)
    record = store.latest_records(_CLAIM_KIND, name).get(name)
    if record is not None and record["actor"] != actor:
        until = datetime.fromisoformat(record["until"])
        if now < until:
            raise MessageTaken(f"sedang dibuka {record['actor']}")
    check_waiting(store, number)
    value = {"actor": actor, "until": (now + CLAIM_TIME).isoformat()}
    try:
        store.put_record(_CLAIM_KIND, name, value, now, actor, expected_seq=version)
    except ConflictError:
        raise MessageTaken("baru saja dibuka orang lain") from None


def release(store: Store, number: int, now: datetime, actor: str) -> None:
    """Let others open a message that this person had opened. Raises StoreError."""
    name = str(number)
    record = store.latest_records(_CLAIM_KIND, name).get(name)
    if record is not None and record["actor"] == actor:
        store.put_record(_CLAIM_KIND, name, {**record, "until": now.isoformat()}, now, actor)


def list_claims(store: Store, now: datetime) -> dict[int, str]:
    """Return who has which message open."""
    claims = store.latest_records(_CLAIM_KIND)
    return {
        int(number): str(record["actor"])
        for number, record in claims.items()
        if now < datetime.fromisoformat(record["until"])
    }


def check_waiting(store: Store, number: int) -> None:
    """Raise MessageTaken where a message waits no longer, with who settled it."""
    items = store.waiting_items(WAITING_MESSAGE, numbers=[number], include_settled=True)
    settled = items[0].settlement if items else None
    if settled is not None:
        word = "dimasukkan" if settled.outcome == "stored" else "disisihkan"
        raise MessageTaken(f"sudah {word} {settled.actor}")


def settle(
    store: Store,
    number: int,
    now: datetime,
    actor: str,
    *,
    batches: Sequence[int] = (),
    dropped_because: str | None = None,
) -> None:
    """Record what became of a message, in the audit log too. Raises MessageTaken and StoreError.

    batches: of its rows. dropped_because: why nothing of it is entered; None: it was.
    """
    outcome = "stored" if dropped_because is None else "dropped"
    detail = {} if dropped_because is None else {"reason": dropped_because}
    try:
        store.settle_waiting(number, outcome, now, actor, batches=batches, detail=detail)
    except ConflictError:
        check_waiting(store, number)
        raise MessageTaken("sudah diselesaikan orang lain") from None


def restore(store: Store, number: int, now: datetime, actor: str) -> int:
    """Let a message wait again that was set aside; return its new number. Raises StoreError."""
    item = store.waiting_items(WAITING_MESSAGE, numbers=[number], include_settled=True)[0]
    content = store.waiting_content(number)
    return store.put_waiting(
        WAITING_MESSAGE, item.source, item.sha256, content, now, actor, note=item.note
    )[0]
