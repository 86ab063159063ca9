"""The secret that signs what browsers and guests bring back."""

from __future__ import annotations

import secrets
from pathlib import Path

from situasi.common import atomic_files
from situasi.domain.settings import Settings

MIN_LENGTH = 32  # characters


def load_or_create(settings: Settings) -> str:
    """The secret of the settings, or else that of this machine.

    Raises ValueError where the kept one cannot be one, OSError where none can be kept.
    """
    return settings.auth.secret or _load_or_create_file(settings.data_folder)


def _load_or_create_file(folder: Path) -> str:
    """The secret of this machine, made at the first start and kept with the live data."""
    path = folder / "secret"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = secrets.token_urlsafe(48)
    try:
        with atomic_files.create_file(
            path
        ) as file:  # of several that start at once one names its own
            file.write(made.encode("ascii"))
    except FileExistsError:
        path.chmod(atomic_files.PRIVATE_MODE)
        found = path.read_text("ascii").strip()
        if len(found) < MIN_LENGTH:
            raise ValueError(f"{path} rusak. Hapus, lalu mulai lagi.") from None
        return found
    return made
