"""Settings from environment variables, read once into one frozen value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Text for people at the console, JSON for a log collector.
LOG_FORMATS = ("text", "json")
_MAX_AMOUNT = 1e6  # hours or minutes: more is a typing error and overflows timedelta


@dataclass(frozen=True)
class OidcSettings:
    """The identity provider through which people may sign in.

    issuer, client, secret: its OIDC data. name: on its button. claim: holds the name of the
    account. ca: file of the authority of its certificate; None: those that this machine trusts.
    """

    issuer: str
    client: str
    secret: str = field(repr=False)
    name: str
    claim: str
    ca: Path | None


@dataclass(frozen=True)
class AuthSettings:
    """Who may sign in, and for how long.

    secret: signs cookies and tokens; None: one is created and stored. hosts: allowed host names of
    the board besides those of this machine. trusted_proxies: addresses trusted to state the client
    and TLS. idle_timeout: a session ends after so long without activity; max_session: in any case;
    max_wall_session: the same for pimpinan. login_delay_s: seconds by which each further wrong
    attempt is answered later. oidc: None: passwords only.
    """

    secret: str | None = field(repr=False)
    hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    idle_timeout: timedelta
    max_session: timedelta
    max_wall_session: timedelta
    login_delay_s: float
    oidc: OidcSettings | None


@dataclass(frozen=True)
class ConnectionTimeouts:
    """Seconds until a connection is closed whose peer does nothing.

    head_s: for the head of a request, from the connection or from its first byte. body_s: for the
    body of a request without sign-in: of a form. unread_s: for the peer to take something of what
    was written to it.
    """

    head_s: float = 10.0
    body_s: float = 20.0
    unread_s: float = 30.0


@dataclass(frozen=True)
class Settings:
    """All settings of a process.

    election_folder: of an election, or of a command above (situasi/domain/higher_command.py).
    store_url: `sqlite:///...` or `postgresql+psycopg://...`. read_store_url: a replica from which
    snapshots are read; None: the store itself. has_rehearsal: whether an empty store is filled with
    the rehearsal day (LATIHAN). default_role: the role (situasi/access/roles.py) of everyone while
    the board has no accounts. log_format: one of LOG_FORMATS. has_hourly_copies: whether a static
    copy of the board is written every hour. backup_folder: of nightly backups; backup_time: their
    time of day in the zone of the election, None: no backups. upstream_url: the store to which rows
    are replicated, None: none. officer_secret: under which NRP become marks
    (situasi/access/officer_key.py); None: one is created and stored.
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
    connection_timeouts: ConnectionTimeouts
    backup_folder: Path
    backup_time: time | None
    upstream_url: str | None = field(default=None, repr=False)
    officer_secret: str | None = field(default=None, repr=False)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from SITUASI_ELECTION, _DATA, _STORE, _STORE_READ and the like below.

    Raises ValueError for an invalid duration, time of day or log format.
    """
    env = os.environ if environment is None else environment
    data = ROOT / "data"
    live_folder = Path(env.get("SITUASI_DATA", data / "live")).resolve()
    return Settings(
        election_folder=_find_election_folder(data, env.get("SITUASI_ELECTION", "ogan-ilir-2024")),
        vocabulary_folder=data / "vocabulary",
        sample_folder=data / "sample",
        data_folder=live_folder,
        inbox_folder=Path(env.get("SITUASI_INBOX", data / "inbox")).resolve(),
        store_url=env.get("SITUASI_STORE", f"sqlite:///{(live_folder / 'situasi.db').as_posix()}"),
        read_store_url=env.get("SITUASI_STORE_READ") or None,
        has_rehearsal=_parse_yes_no(env.get("SITUASI_REHEARSAL", "yes")),
        default_role=env.get("SITUASI_ROLE", "pimpinan"),
        log_format=_parse_log_format(env.get("SITUASI_LOG", "text")),
        has_hourly_copies=_parse_yes_no(env.get("SITUASI_COPIES", "yes")),
        auth=_load_auth(env),
        connection_timeouts=ConnectionTimeouts(
            head_s=_parse_amount(env, "SITUASI_HEAD_TIMEOUT_S", f"{ConnectionTimeouts.head_s:g}"),
            body_s=_parse_amount(env, "SITUASI_BODY_TIMEOUT_S", f"{ConnectionTimeouts.body_s:g}"),
            unread_s=_parse_amount(
                env, "SITUASI_UNREAD_TIMEOUT_S", f"{ConnectionTimeouts.unread_s:g}"
            ),
        ),
        backup_folder=Path(env.get("SITUASI_BACKUPS", live_folder / "backups")).resolve(),
        backup_time=_parse_backup_time(env.get("SITUASI_BACKUP_AT", "02:30")),
        upstream_url=env.get("SITUASI_UPSTREAM", "").strip() or None,
        officer_secret=env.get("SITUASI_OFFICER_SECRET", "").strip() or None,
    )


def _find_election_folder(data: Path, name: str) -> Path:
    """Return the folder of this name in data/elections or data/commands, else the path itself."""
    candidates = (data / kind / name for kind in ("elections", "commands"))
    return next((folder for folder in candidates if folder.is_dir()), Path(name).resolve())


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
    session_hours = env.get("SITUASI_SESSION_H", "12")
    return AuthSettings(
        secret=env.get("SITUASI_SECRET") or None,
        hosts=_parse_list(env.get("SITUASI_HOSTS", "")),
        trusted_proxies=_parse_list(env.get("SITUASI_PROXY", "")),
        idle_timeout=timedelta(minutes=_parse_amount(env, "SITUASI_IDLE_MIN", "30")),
        max_session=timedelta(hours=_parse_amount(env, "SITUASI_SESSION_H", "12")),
        max_wall_session=timedelta(
            hours=_parse_amount(env, "SITUASI_SESSION_H_PIMPINAN", session_hours)
        ),
        login_delay_s=_parse_amount(env, "SITUASI_LOGIN_DELAY_S", "0.2"),
        oidc=_load_oidc(env),
    )


def _parse_amount(env: Mapping[str, str], name: str, default: str) -> float:
    text = env.get(name, default)
    try:
        amount = float(text)
    except ValueError:
        amount = 0.0
    if not 0 < amount <= _MAX_AMOUNT:
        raise ValueError(f"{name}={text} bukan angka di atas nol. Perbaiki, misalnya {default}.")
    return amount


def _load_oidc(env: Mapping[str, str]) -> OidcSettings | None:
    values = {
        name: env.get(f"SITUASI_OIDC_{name}", "").strip()
        for name in ("ISSUER", "CLIENT", "SECRET", "NAME", "CLAIM", "CA")
    }
    if not any(values.values()):
        return None
    return OidcSettings(
        issuer=values["ISSUER"],
        client=values["CLIENT"],
        secret=values["SECRET"],
        name=values["NAME"] or "SSO",
        claim=values["CLAIM"] or "preferred_username",
        ca=Path(values["CA"]).resolve() if values["CA"] else None,
    )


def _parse_list(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in text.replace(",", " ").split())
