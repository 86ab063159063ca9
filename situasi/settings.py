"""Environment and folders, read once into one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Where everything lies.

    store: address of the store, `sqlite:///...`.
    rehearsal: whether an empty store is filled with the rehearsal day (LATIHAN).
    role: the role (situasi/roles.py) of everyone who opens this board.
    """

    election: Path
    vocabulary: Path
    sample: Path
    live: Path
    inbox: Path
    store: str
    rehearsal: bool
    role: str


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from SITUASI_ELECTION, _DATA, _STORE, _INBOX, _REHEARSAL and _ROLE."""
    env = os.environ if environment is None else environment
    data = ROOT / "data"
    live = Path(env.get("SITUASI_DATA", data / "live")).resolve()
    election = env.get("SITUASI_ELECTION", "ogan-ilir-2024")
    folder = data / "elections" / election
    return Settings(
        election=folder if folder.is_dir() else Path(election).resolve(),
        vocabulary=data / "vocabulary",
        sample=data / "sample",
        live=live,
        inbox=Path(env.get("SITUASI_INBOX", data / "inbox")).resolve(),
        store=env.get("SITUASI_STORE", f"sqlite:///{(live / 'situasi.db').as_posix()}"),
        rehearsal=env.get("SITUASI_REHEARSAL", "yes").lower() not in {"no", "0", "tidak", "false"},
        role=env.get("SITUASI_ROLE", "pimpinan"),
    )
