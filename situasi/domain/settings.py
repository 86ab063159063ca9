"""Environment and folders, read once into one frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# For people at the console, or for a collector of logs.
LOG_FORMATS = ("text", "json")
_MAX_AMOUNT = 1e6  # hours or minutes: more is a slip, and no duration can hold it


@dataclass(frozen=True)
class OidcSettings:
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
class AuthSettings:
    """Who is let in, and for how long.

    secret: signs what browsers bring back; None: one is made and kept. hosts: names by which
    the board may be called, besides those of this machine itself. proxies: addresses whose
    word is taken for who asks, and whether over TLS. idle: a session ends after so long
    without a sign of life. longest: and after so long in any case; wall: that of pimpinan.
    oidc: None: passwords alone.
    """

    secret: str | None = field(repr=False)
    hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    idle_timeout: timedelta
    max_session: timedelta
    max_wall_session: timedelta
    oidc: OidcSettings | None


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

    election_folder: Path
    vocabulary_folder: Path
    sample_folder: Path
    data_folder: Path
    inbox_folder: Path
    store_url: str = field(repr=False)  # it may hold a password
    read_store_url: str | None = field(repr=False)
    has_rehearsal: bool
    default_role: str
    log_format: str
    has_hourly_copies: bool
    auth: AuthSettings
    backup_folder: Path
    backup_time: time | None
    upstream_url: str | None = field(default=None, repr=False)


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
        election_folder=_find_election_folder(data, env.get("SITUASI_ELECTION", "ogan-ilir-2024")),
        vocabulary_folder=data / "vocabulary",
        sample_folder=data / "sample",
        data_folder=live,
        inbox_folder=Path(env.get("SITUASI_INBOX", data / "inbox")).resolve(),
        store_url=env.get("SITUASI_STORE", f"sqlite:///{(live / 'situasi.db').as_posix()}"),
        read_store_url=env.get("SITUASI_STORE_READ") or None,
        has_rehearsal=_parse_yes_no(env.get("SITUASI_REHEARSAL", "yes")),
        default_role=env.get("SITUASI_ROLE", "pimpinan"),
        log_format=_parse_log_format(env.get("SITUASI_LOG", "text")),
        has_hourly_copies=_parse_yes_no(env.get("SITUASI_COPIES", "yes")),
        auth=_load_auth(env),
        backup_folder=Path(env.get("SITUASI_BACKUPS", live / "backups")).resolve(),
        backup_time=_parse_backup_time(env.get("SITUASI_BACKUP_AT", "02:30")),
        upstream_url=env.get("SITUASI_UPSTREAM", "").strip() or None,
    )


def _find_election_folder(data: Path, name: str) -> Path:
    """The folder of an election of ours, or of a command above, or wherever this names."""
    ours = (data / kind / name for kind in ("elections", "commands"))
    return next((folder for folder in ours if folder.is_dir()), Path(name).resolve())


def _parse_yes_no(word: str) -> bool:
    return word.strip().lower() not in {"no", "0", "tidak", "false"}


def _parse_backup_time(word: str) -> time | None:
    if not _parse_yes_no(word):
        return None
    try:
        return time.fromisoformat(word.strip().replace(".", ":"))
    except ValueError as error:
        raise ValueError(
            f"SITUASI_BACKUP_AT={word} bukan jam (misalnya 02:30) dan bukan no. Perbaiki."
        ) from error


def _parse_log_format(log_format: str) -> str:
    if log_format not in LOG_FORMATS:
        raise ValueError(
            f"SITUASI_LOG={log_format} bukan salah satu dari {', '.join(LOG_FORMATS)}. Perbaiki."
        )
    return log_format


def _load_auth(env: Mapping[str, str]) -> AuthSettings:
    longest = env.get("SITUASI_SESSION_H", "12")
    return AuthSettings(
        secret=env.get("SITUASI_SECRET") or None,
        hosts=_parse_list(env.get("SITUASI_HOSTS", "")),
        trusted_proxies=_parse_list(env.get("SITUASI_PROXY", "")),
        idle_timeout=timedelta(minutes=_parse_amount(env, "SITUASI_IDLE_MIN", "30")),
        max_session=timedelta(hours=_parse_amount(env, "SITUASI_SESSION_H", "12")),
        max_wall_session=timedelta(hours=_parse_amount(env, "SITUASI_SESSION_H_PIMPINAN", longest)),
        oidc=_load_oidc(env),
    )


def _parse_amount(env: Mapping[str, str], name: str, default: str) -> float:
    word = env.get(name, default)
    try:
        found = float(word)
    except ValueError:
        found = 0.0
    if not 0 < found <= _MAX_AMOUNT:
        raise ValueError(f"{name}={word} bukan angka di atas nol. Perbaiki, misalnya {default}.")
    return found


def _load_oidc(env: Mapping[str, str]) -> OidcSettings | None:
    told = {
        word: env.get(f"SITUASI_OIDC_{word}", "").strip()
        for word in ("ISSUER", "CLIENT", "SECRET", "NAME", "CLAIM", "CA")
    }
    if not any(told.values()):
        return None
    return OidcSettings(
        issuer=told["ISSUER"],
        client=told["CLIENT"],
        secret=told["SECRET"],
        name=told["NAME"] or "SSO",
        claim=told["CLAIM"] or "preferred_username",
        ca=Path(told["CA"]).resolve() if told["CA"] else None,
    )


def _parse_list(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in text.replace(",", " ").split())
