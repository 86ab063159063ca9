"""Source profiles made by hand for this board, kept in its store beside accounts and keys."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from situasi.ingest.context import IngestContext
from situasi.ingest.sources.profile import (
    ProfileError,
    SourceProfile,
    format_profile,
    parse_profile,
)
from situasi.store import Store

KIND: Final = "profile"


def load_saved_profiles(store: Store) -> tuple[SourceProfile, ...]:
    """Return the profiles that are kept in the store, by name. Raises StoreError.

    One that a later version wrote, and this one cannot read, is left out.
    """
    texts = (value.get("toml") for value in store.latest_records(KIND).values())
    profiles = (_parse(text) for text in texts if text)
    return tuple(profile for profile in profiles if profile is not None)


@lru_cache(maxsize=256)
def _parse(text: str) -> SourceProfile | None:
    try:
        return parse_profile(text, "profil tersimpan")
    except ProfileError:
        return None


def save_profile(store: Store, profile: SourceProfile, now: datetime, actor: str) -> None:
    """Keep a profile under its name; one of the same name is replaced. Raises StoreError."""
    detail = {"name": profile.name, "feed": profile.feed}
    value = {"toml": format_profile(profile)}
    store.put_record(KIND, profile.name, value, now, actor, "profile", detail)


def remove_profile(store: Store, name: str, now: datetime, actor: str) -> bool:
    """Take a profile back; return whether there was one. Raises StoreError."""
    if not any(profile.name == name for profile in load_saved_profiles(store)):
        return False
    store.put_record(KIND, name, {"toml": None}, now, actor, "profile-removed", {"name": name})
    return True


def bind_saved_profiles(context: IngestContext, store: Store) -> IngestContext:
    """Return the context with the store's profiles before all others. Raises StoreError."""
    return bind_profiles(context, load_saved_profiles(store))


def bind_profiles(context: IngestContext, saved: Sequence[SourceProfile]) -> IngestContext:
    """Return the context with these profiles before all others."""
    if not saved:
        return context
    profiles = (*saved, *context.sources.profiles)
    return replace(context, sources=replace(context.sources, profiles=profiles))
