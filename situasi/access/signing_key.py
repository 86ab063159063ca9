"""The secret that signs session cookies and guest tokens."""

import secrets
from pathlib import Path

from situasi.common import atomic_files
from situasi.domain.settings import Settings

MIN_LENGTH = 32  # characters


def load_or_create(settings: Settings) -> str:
    """Return the secret of the settings, or else that of this machine.

    Raises ValueError where the stored secret is too short, OSError where none can be stored.
    """
    return settings.auth.secret or _load_or_create_file(settings.data_folder)


def _load_or_create_file(folder: Path) -> str:
    """Return the secret of this machine, created at the first start beside the live data."""
    path = folder / "secret"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    created = secrets.token_urlsafe(48)
    try:
        with atomic_files.create_file(path) as file:  # one wins of several that start at once
            file.write(created.encode("ascii"))
    except FileExistsError:
        path.chmod(atomic_files.PRIVATE_MODE)
        stored = path.read_text("ascii").strip()
        if len(stored) < MIN_LENGTH:
            raise ValueError(f"{path} rusak. Hapus, lalu mulai lagi.") from None
        return stored
    return created
