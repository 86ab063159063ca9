"""The secret under which NRP, NIP and names of officers become marks.

It has a file of its own in the data folder, made at first need, unless the settings state it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

from situasi.access.signing_key import MIN_LENGTH
from situasi.common import atomic_files
from situasi.domain.officer_marks import LETTERS, MARK_LENGTH, NAME_PREFIX, NUMBER_PREFIX
from situasi.domain.settings import Settings

FILE_NAME = "officer_secret"

_SET_BY_SETTINGS = "Kunci petugas diatur oleh SITUASI_OFFICER_SECRET; ubah di sana."


class OfficerKey:
    """The key of one installation. Its methods may be called from any thread.

    A changed file is noticed at the next mark, so that commands and servers use the same secret.
    """

    def __init__(self, path: Path | None, secret: str | None = None) -> None:
        """Set where the secret is kept. path: its file; None: `secret`, or one that is not kept."""
        self.path = path
        self._fixed = None if path else (secret or _create_secret()).encode()
        self._read: tuple[tuple[int, int], bytes] | None = None

    def mark_number(self, digits: str) -> str:
        """Return the mark of an NRP or NIP, given as digits alone."""
        return NUMBER_PREFIX + self._compute_letters("nrp", digits)

    def mark_name(self, *parts: str) -> str:
        """Return the mark of a name within its unit."""
        return NAME_PREFIX + self._compute_letters("nama", *parts)

    def compute_fingerprint(self) -> str:
        """Return what tells two keys apart and reveals neither, in groups of four."""
        digest = hmac.digest(self._secret(), b"sidik", hashlib.sha256).hex()[:16]
        return "-".join(digest[start : start + 4] for start in range(0, len(digest), 4))

    @property
    def is_in_file(self) -> bool:
        """Return whether the secret is in a file of this machine, and not in the settings."""
        return self.path is not None

    @property
    def exists(self) -> bool:
        """Return whether there is a secret already."""
        return self.path is None or self.path.exists()

    def read_secret(self) -> str:
        """Return the secret, created where there is none. Raises ValueError and OSError."""
        return self._secret().decode("ascii")

    def replace_secret(self, secret: str | None = None) -> None:
        """Replace the secret by this one, or by a new one. Raises ValueError and OSError."""
        if self.path is None:
            raise ValueError(_SET_BY_SETTINGS)
        content = _check_secret(self.path.name, (secret or _create_secret()).encode("ascii"))
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic_files.write(self.path, content, atomic_files.PRIVATE_MODE)

    def _secret(self) -> bytes:
        if self._fixed is not None:
            return self._fixed
        assert self.path is not None, "a key has a file or a fixed secret"
        try:
            status = self.path.stat()
        except FileNotFoundError:
            _create_file(self.path)
            status = self.path.stat()
        signature = status.st_mtime_ns, status.st_ino
        if self._read is None or self._read[0] != signature:
            self.path.chmod(atomic_files.PRIVATE_MODE)
            content = _check_secret(str(self.path), self.path.read_bytes().strip())
            self._read = (self.path.stat().st_mtime_ns, status.st_ino), content
        return self._read[1]

    def _compute_letters(self, *parts: str) -> str:
        digest = hmac.digest(self._secret(), "\0".join(parts).encode(), hashlib.sha256)
        return _to_letters(digest[: MARK_LENGTH // 2])


def open_key(settings: Settings) -> OfficerKey:
    """Return the key of the settings, or else that of this machine.

    Raises ValueError where its secret is damaged, OSError where its file cannot be read.
    """
    secret = settings.officer_secret
    if secret is not None:
        _check_secret("SITUASI_OFFICER_SECRET", secret.encode())
        return OfficerKey(None, secret)
    key = OfficerKey(settings.data_folder / FILE_NAME)
    if key.exists:
        key.read_secret()
    return key


def _create_secret() -> str:
    return secrets.token_urlsafe(48)


def _create_file(path: Path) -> None:
    """Create the secret of this machine; one process wins of several that start at once."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with atomic_files.create_file(path) as file:
            file.write(_create_secret().encode("ascii"))
    except FileExistsError:
        return


def _check_secret(name: str, secret: bytes) -> bytes:
    if len(secret) < MIN_LENGTH or not secret.isascii():
        raise ValueError(
            f"{name}: kunci petugas rusak atau terlalu pendek (paling sedikit {MIN_LENGTH} tanda"
            " ASCII). Pulihkan dari cadangan: penanda petugas yang lama tidak cocok dengan kunci"
            " lain."
        )
    return secret


def _to_letters(digest: Sequence[int]) -> str:
    return "".join(LETTERS[byte >> 4] + LETTERS[byte & 15] for byte in digest)
