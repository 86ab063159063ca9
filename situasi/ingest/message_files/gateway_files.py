"""What a gateway or a chat program writes as JSON, saved as a file: deliveries, or an export."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from situasi.ingest.context import IngestContext
from situasi.ingest.message_files.gateway_messages import GatewayDelivery, read_delivery
from situasi.ingest.message_files.gateway_profiles import GatewayProfile
from situasi.ingest.tables import SourceError

MAX_CHARACTERS = 16_000_000
# Of any shape: a table of reports may have the same names.
_FITS_ALL = "umum"


def read_gateway_file(text: str, context: IngestContext, now: datetime) -> GatewayDelivery | None:
    """Return the messages of a JSON text; None where it is not of a known program."""
    profiles = [profile for profile in context.gateways if profile.name != _FITS_ALL]
    if not _may_hold_messages(text, profiles) or len(text) > MAX_CHARACTERS:
        return None
    objects = _parse_objects(text)
    if not objects or not all(isinstance(body, dict) and body for body in objects):
        return None
    profile = next((one for one in profiles if one.recognises(objects[0])), None)
    if profile is None:
        return None
    try:
        return read_delivery(
            objects, (profile,), context.election.zone, now, context.compute_latest_time(now),
            profile.name,
        )  # fmt: skip
    except SourceError:
        return None


def _may_hold_messages(text: str, profiles: Sequence[GatewayProfile]) -> bool:
    """Return whether the names that a program writes are there: most JSON is not read twice."""
    head = text[:100_000]
    return any(
        all(f'"{name}"' in head for path in profile.signature for name in path)
        for profile in profiles
    )


def _parse_objects(text: str) -> list[Any]:
    """Return the objects of a JSON text: one, a list, or one a line; none where it is broken."""
    try:
        document = json.loads(text)
    except ValueError:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError:
            return []
    except RecursionError:
        return []
    return document if isinstance(document, list) else [document]
