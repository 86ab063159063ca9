"""What a file of messages holds."""

from dataclasses import dataclass

from situasi.ingest.message_files.gateway_messages import GatewayDelivery, GatewayMessage
from situasi.ingest.message_files.gateway_profiles import GatewayProfile


def build_delivery(
    name: str, messages: list[GatewayMessage], left_out: list[str]
) -> GatewayDelivery:
    """Return the messages of a file as a delivery. left_out: why other parts are no message."""
    profile = GatewayProfile(name, name, "", text=(), sender=())
    return GatewayDelivery(profile, tuple(messages), tuple(left_out))


@dataclass(frozen=True)
class FileText:
    """A text file: its name as the sender gave it, and all of its text."""

    name: str
    text: str

    @property
    def suffix(self) -> str:
        """Return the end of its name, in small letters; "" without one."""
        stem, dot, ending = self.name.rpartition(".")
        return f".{ending.lower()}" if dot and stem and len(ending) <= 8 else ""
