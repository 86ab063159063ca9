"""Environment and folders, read once into one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# For people at the console, or for a collector of logs.
LOGS = ("text", "json")
_MOST_AMOUNT = 1e6  # hours or minutes: more is a slip, and no duration can hold it


@dataclass(frozen=True)
class Oidc:
    """The identity provider through which people may sign in.

    issuer, client, secret: how it names itself and knows the board. name: of its button.
    claim: where it says the name of the account. ca: file of the authority that its certificate
    is from; None: those that this machine trusts.
    """

    issuer: str
    client: str
    secret: str = field(repr=False)
    name: str
    claim: str
    ca: Path | None


@dataclass(frozen=True)
class Door:
    """Who is let in, and for how long.

    secret: signs what browsers bring back; None: one is made and kept. hosts: names by which
    the board may be called, besides those of this machine itself. proxies: addresses whose
    word is taken for who asks, and whether over TLS. idle: a session ends after so long
    without a sign of life. longest: and after so long in any case; wall: that of pimpinan.
    oidc: None: passwords alone.
    """

    secret: str | None = field(repr=False)
    hosts: tuple[str, ...]
    proxies: tuple[str, ...]
    idle: timedelta
    longest: timedelta
    wall: timedelta
    oidc: Oidc | None


@dataclass(frozen=True)
class Settings:
    """Where everything lies.

    election: the folder of an election, or of a command above (situasi/domain/higher_command.py).
    store: address of the store, `sqlite:///...` or `postgresql+psycopg://...`. reads: of a server
    that follows it, from which the picture is read; None: from the store itself.
    rehearsal: whether an empty store is filled with the rehearsal day (LATIHAN).
    role: the role (situasi/access/roles.py) of everyone at this board while it has no accounts.
    log: how the server writes its log, one of LOGS. copies: whether it writes a frozen copy of
    the board every hour. backups: where the nightly backups lie; backup_at: at what time of day
    they are made, in the zone of the election, None: not at all. upstream: address of the store
    that the rows of this one flow up to, None: to none.
    """

    election: Path
    vocabulary: Path
    sample: Path
    live: Path
    inbox: Path
    store: str = field(repr=False)  # it may hold a password
    reads: str | None = field(repr=False)
    rehearsal: bool
    role: str
    log: str
    copies: bool
    door: Door
    backups: Path
    backup_at: time | None
    upstream: str | None = field(default=None, repr=False)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from SITUASI_ELECTION, _DATA, _STORE, _STORE_READ, _INBOX, _REHEARSAL, _ROLE, _LOG,
    _COPIES, _BACKUPS, _BACKUP_AT, _UPSTREAM and below.

    Raises ValueError for a duration or time of day that is none, or a form of log that is not
    known.
    """
    env = os.environ if environment is None else environment
    data = ROOT / "data"
    live = Path(env.get("SITUASI_DATA", data / "live")).resolve()
    return Settings(
        election=_defined(data, env.get("SITUASI_ELECTION", "ogan-ilir-2024")),
        vocabulary=data / "vocabulary",
        sample=data / "sample",
        live=live,
        inbox=Path(env.get("SITUASI_INBOX", data / "inbox")).resolve(),
        store=env.get("SITUASI_STORE", f"sqlite:///{(live / 'situasi.db').as_posix()}"),
        reads=env.get("SITUASI_STORE_READ") or None,
        rehearsal=_yes(env.get("SITUASI_REHEARSAL", "yes")),
        role=env.get("SITUASI_ROLE", "pimpinan"),
        log=_log(env.get("SITUASI_LOG", "text")),
        copies=_yes(env.get("SITUASI_COPIES", "yes")),
        door=_door(env),
        backups=Path(env.get("SITUASI_BACKUPS", live / "backups")).resolve(),
        backup_at=_time_of_day(env.get("SITUASI_BACKUP_AT", "02:30")),
        upstream=env.get("SITUASI_UPSTREAM", "").strip() or None,
    )


def _defined(data: Path, name: str) -> Path:
    """The folder of an election of ours, or of a command above, or wherever this names."""
    ours = (data / kind / name for kind in ("elections", "commands"))
    return next((folder for folder in ours if folder.is_dir()), Path(name).resolve())


def _yes(word: str) -> bool:
    return word.strip().lower() not in {"no", "0", "tidak", "false"}


def _time_of_day(word: str) -> time | None:
    if not _yes(word):
        return None
    try:
        return time.fromisoformat(word.strip().replace(".", ":"))
    except ValueError as error:
        raise ValueError(
            f"SITUASI_BACKUP_AT={word} bukan jam (misalnya 02:30) dan bukan no. Perbaiki."
        ) from error


def _log(form: str) -> str:
    if form not in LOGS:
        raise ValueError(f"SITUASI_LOG={form} bukan salah satu dari {', '.join(LOGS)}. Perbaiki.")
    return form


def _door(env: Mapping[str, str]) -> Door:
    longest = env.get("SITUASI_SESSION_H", "12")
    return Door(
        secret=env.get("SITUASI_SECRET") or None,
        hosts=_listed(env.get("SITUASI_HOSTS", "")),
        proxies=_listed(env.get("SITUASI_PROXY", "")),
        idle=timedelta(minutes=_amount(env, "SITUASI_IDLE_MIN", "30")),
        longest=timedelta(hours=_amount(env, "SITUASI_SESSION_H", "12")),
        wall=timedelta(hours=_amount(env, "SITUASI_SESSION_H_PIMPINAN", longest)),
        oidc=_oidc(env),
    )


def _amount(env: Mapping[str, str], name: str, otherwise: str) -> float:
    word = env.get(name, otherwise)
    try:
        found = float(word)
    except ValueError:
        found = 0.0
    if not 0 < found <= _MOST_AMOUNT:
        raise ValueError(f"{name}={word} bukan angka di atas nol. Perbaiki, misalnya {otherwise}.")
    return found


def _oidc(env: Mapping[str, str]) -> Oidc | None:
    told = {
        word: env.get(f"SITUASI_OIDC_{word}", "").strip()
        for word in ("ISSUER", "CLIENT", "SECRET", "NAME", "CLAIM", "CA")
    }
    if not any(told.values()):
        return None
    return Oidc(
        issuer=told["ISSUER"],
        client=told["CLIENT"],
        secret=told["SECRET"],
        name=told["NAME"] or "SSO",
        claim=told["CLAIM"] or "preferred_username",
        ca=Path(told["CA"]).resolve() if told["CA"] else None,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in text.replace(",", " ").split())
