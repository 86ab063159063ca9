"""Backups of the short messages of a telephone as XML, as SMS Backup & Restore writes them."""

from datetime import datetime
from pathlib import Path

from situasi.ingest.context import IngestContext
from situasi.ingest.message_files.found_messages import build_delivery
from situasi.ingest.message_files.gateway_messages import (
    GatewayDelivery,
    GatewayMessage,
    read_sent_time,
)

_RECEIVED = "1"  # other types were sent, drafted or failed
_NO_NAMES = frozenset(("", "null", "(unknown)"))


def is_sms_backup(head: str) -> bool:
    """Return whether a text begins as such a backup."""
    return "<smses" in head[:2000] and head.lstrip().startswith("<")


def read_sms_backup(path: Path, context: IngestContext, now: datetime) -> GatewayDelivery:
    """Return the messages that a telephone received, as far as the file can be read."""
    from lxml import etree

    latest, zone = context.compute_latest_time(now), context.election.zone
    found: list[GatewayMessage] = []
    left_out: list[str] = []
    elements = etree.iterparse(
        path, tag=("sms", "mms"), resolve_entities=False, no_network=True, recover=True
    )
    for _event, element in elements:
        text = element.get("body", "")
        if element.tag == "mms":
            left_out.append("pesan bergambar")
        elif element.get("type") != _RECEIVED:
            left_out.append("pesan keluar")
        elif not text.strip():
            left_out.append("tanpa teks")
        else:
            name = element.get("contact_name", "")
            moment, doubt = read_sent_time(element.get("date"), None, zone, now, latest)
            found.append(
                GatewayMessage(
                    text, element.get("address", ""), None if name.lower() in _NO_NAMES else name,
                    moment, doubt, None, is_edit=False, is_live=False,
                )
            )  # fmt: skip
        element.clear()
    return build_delivery("cadangan-sms", found, left_out)
