"""Limits on the size of one delivery, by the way it arrives.

An election day of a kabupaten has some 20,000 rows. A delivery beyond a limit is refused whole,
with a sentence that says what to do, before it takes the memory that all users share.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeliveryLimits:
    """max_rows: reports; each filled hour of an hourly table counts as one. max_bytes: as sent."""

    max_rows: int
    max_bytes: int


FILE_LIMITS = DeliveryLimits(max_rows=100_000, max_bytes=50 << 20)  # inbox and uploads
API_CALL_LIMITS = DeliveryLimits(max_rows=5_000, max_bytes=4_000_000)  # one call over HTTP
COMMAND_LINE_LIMITS = DeliveryLimits(max_rows=1_000_000, max_bytes=500 << 20)  # own process


def format_too_many_rows(max_rows: int) -> str:
    """Return the sentence for a source with more rows than one delivery may have."""
    return f"lebih dari {max_rows} baris sekaligus; bagi menjadi beberapa kiriman"


def format_too_many_bytes(size_bytes: int, max_bytes: int) -> str:
    """Return the sentence for a file that is larger than one delivery may be."""
    return (
        f"Berkas ini {-(-size_bytes >> 20)} MB, paling besar {max_bytes >> 20} MB sekali kirim; "
        "bagi menjadi beberapa berkas."
    )
