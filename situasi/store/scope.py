"""Whose reports a store holds: one election in one kabupaten."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """contest: the election across all kabupaten (`pilkada-2024`). kabupaten: its code (`16.10`).

    A file of SQLite holds one scope and needs none said; a PostgreSQL database holds many.
    """

    contest: str
    kabupaten: str
