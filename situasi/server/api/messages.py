"""Messages over HTTP: whatever shape a program sends, into the tray, each of them once."""

import threading
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from starlette.responses import Response

from situasi.board import Board
from situasi.ingest.message_files.gateway_messages import GatewayDelivery, read_delivery
from situasi.ingest.message_files.gateway_profiles import load_profiles
from situasi.ingest.message_intake import IntakeResult, MessageIntake, MessageSource
from situasi.ingest.redaction.sender_marks import SenderMarks
from situasi.ingest.tables import SourceError
from situasi.server.api import form_body, responses
from situasi.server.api.api_keys import Key
from situasi.server.api.limits import TOO_MANY_MESSAGES, Limits, NewRowLimiter
from situasi.server.api.problem_details import Problem
from situasi.store import WAITING_MESSAGE

# As the tray is named in metrics and in the address.
FEED = "pesan"
PATH = f"/api/v1/{FEED}"
_MAX_CHALLENGE_LENGTH = 200


@dataclass(frozen=True)
class MessageDelivery:
    """One delivery as received. profile: that of the address, if any."""

    content_type: str
    body: bytes
    profile: str | None
    idempotency_key: str | None = None


class MessageDoor:
    """The way of messages into one board. Every method may be called from any thread."""

    def __init__(self, board: Board, limits: Limits) -> None:
        self._board, self._limits = board, limits
        self._profiles = load_profiles(board.settings.vocabulary_folder)
        self._new_message_limiter = NewRowLimiter(limits.new_messages_per_hour, TOO_MANY_MESSAGES)
        self._lock = threading.Lock()
        self._intake: MessageIntake | None = None

    @property
    def profile_names(self) -> tuple[str, ...]:
        """Return the programs that are known."""
        return tuple(profile.name for profile in self._profiles)

    def add_messages(
        self, key: Key, incoming: MessageDelivery, now: datetime
    ) -> tuple[IntakeResult, Response]:
        """Put the messages into the tray, and return what became of them and the answer.

        Raises Problem 415, 422, 429 and 503, and StoreError.
        """
        delivery = self._read(incoming, now)
        self._new_message_limiter.check(key.actor, now)
        waiting = self._board.store.waiting_counts().get(WAITING_MESSAGE, 0)
        if waiting >= self._limits.max_messages_waiting:
            raise Problem(503, "Baki pesan penuh; pilah dahulu di Lapor.", {"retry-after": "60"})
        with self._lock:
            if self._intake is None:
                context = self._board.ingest_context
                marks = SenderMarks(context.officer_key.read_secret())
                self._intake = MessageIntake(self._board.store, context, marks)
            source = MessageSource(key.actor, key.name, key.area)
            result = self._intake.add(delivery, source, now)
        self._new_message_limiter.add(key.actor, now, result.accepted)
        return result, _build_answer(delivery, result)

    def _read(self, incoming: MessageDelivery, now: datetime) -> GatewayDelivery:
        context = self._board.ingest_context
        document = form_body.parse_document(incoming.content_type, incoming.body)
        try:
            delivery = read_delivery(
                document, self._profiles, context.election.zone, now,
                context.compute_latest_time(now), incoming.profile,
            )  # fmt: skip
        except SourceError as error:
            raise Problem(422, str(error)) from None
        if len(delivery.messages) + len(delivery.ignored) > self._limits.max_messages:
            raise Problem(422, f"Paling banyak {self._limits.max_messages} pesan sekali kirim.")
        if incoming.idempotency_key is None:
            return delivery
        # The key of the delivery stands for the ids that its messages lack.
        messages = tuple(
            message
            if message.ident
            else replace(message, ident=f"{incoming.idempotency_key} {position}")
            for position, message in enumerate(delivery.messages)
        )
        return replace(delivery, messages=messages)


def build_metrics(result: IntakeResult) -> dict[str, Any]:
    """Return the counts as those of rows are recorded: a message waits for a person."""
    return {"accepted": 0, "duplicate": result.duplicate, "quarantined": result.accepted,
            "refused": None}  # fmt: skip


def build_challenge_response(challenge: str | None) -> Response:
    """Return what proves to WhatsApp that this address is ours. Raises Problem 422."""
    if challenge is None or not (challenge.isalnum() and len(challenge) <= _MAX_CHALLENGE_LENGTH):
        raise Problem(422, "Alamat ini menerima pesan lewat POST.")
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(challenge, 200, headers, "text/plain")


def _build_answer(delivery: GatewayDelivery, result: IntakeResult) -> Response:
    answer = delivery.profile.answer
    if answer is None:
        return responses.json_response({"profile": delivery.profile.name, **asdict(result)})
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(answer.body, 200, headers, answer.media_type)
