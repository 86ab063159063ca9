"""How much one delivery may bring, by the door it comes through.

An election day of a kabupaten has some 20,000 rows. What is beyond a limit is refused whole, in
a sentence that says what to do, before the memory of everybody pays for it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeliveryLimits:
    """rows: reports, each filled hour of a table by the hour being one. bytes: as sent."""

    rows: int
    bytes: int


FILES = DeliveryLimits(rows=100_000, bytes=50 << 20)  # the inbox, and files uploaded on a page
CALLS = DeliveryLimits(rows=5_000, bytes=4_000_000)  # one call over HTTP
COMMAND_LINE = DeliveryLimits(rows=1_000_000, bytes=500 << 20)  # a process of its own


def too_many_rows(most: int) -> str:
    """The sentence for a source with more rows than are taken at once."""
    return f"lebih dari {most} baris sekaligus; bagi menjadi beberapa kiriman"


def too_many_bytes(size: int, most: int) -> str:
    """The sentence for a file that is larger than is taken at once."""
    return (
        f"Berkas ini {-(-size >> 20)} MB, paling besar {most >> 20} MB sekali kirim; "
        "bagi menjadi beberapa berkas."
    )
