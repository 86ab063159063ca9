"""How much one delivery may bring, by the door it comes through.

An election day of a kabupaten has some 20,000 rows. What is beyond a limit is refused whole, in
a sentence that says what to do, before the memory of everybody pays for it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeliveryLimits:
    """rows: reports, each filled hour of a table by the hour being one. bytes: as sent."""

    max_rows: int
    max_bytes: int


FILE_LIMITS = DeliveryLimits(
    max_rows=100_000, max_bytes=50 << 20
)  # the inbox, and files uploaded on a page
API_CALL_LIMITS = DeliveryLimits(max_rows=5_000, max_bytes=4_000_000)  # one call over HTTP
COMMAND_LINE_LIMITS = DeliveryLimits(
    max_rows=1_000_000, max_bytes=500 << 20
)  # a process of its own


def format_too_many_rows(max_rows: int) -> str:
    """The sentence for a source with more rows than are taken at once."""
    return f"lebih dari {max_rows} baris sekaligus; bagi menjadi beberapa kiriman"


def format_too_many_bytes(size_bytes: int, max_bytes: int) -> str:
    """The sentence for a file that is larger than is taken at once."""
    return (
        f"Berkas ini {-(-size_bytes >> 20)} MB, paling besar {max_bytes >> 20} MB sekali kirim; "
        "bagi menjadi beberapa berkas."
    )
