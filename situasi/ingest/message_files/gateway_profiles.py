"""How programs that pass on messages write them, as data: data/vocabulary/message_profiles.toml."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE_NAME = "message_profiles.toml"
_LIST_MARK = "[]"


@dataclass(frozen=True)
class GatewayAnswer:
    """What a program wants to hear when its delivery was taken."""

    media_type: str
    body: str


@dataclass(frozen=True)
class GatewayProfile:
    """How one program writes its messages; the file says what each field means.

    Paths name the keys of objects inside objects, `a/b`, and the items of a list, `a[]/b`.
    """

    name: str
    title: str
    documentation: str
    text: tuple[str, ...]
    sender: tuple[str, ...]
    time: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    sender_name: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    items: tuple[str, ...] = ("",)
    match: tuple[str, ...] = ()
    match_any: tuple[str, ...] = ()
    match_values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    accept: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    refuse: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    zone: str | None = None
    answer: GatewayAnswer | None = None

    @property
    def signature(self) -> tuple[tuple[str, ...], ...]:
        """Return the names that every delivery holds, by path."""
        paths = (*self.match, *self.match_values)
        return tuple(tuple(path.replace(_LIST_MARK, "").split("/")) for path in paths)

    def recognises(self, body: Mapping[str, Any]) -> bool:
        """Return whether a delivery is of this program."""
        return (
            all(_is_there(body, path) for path in self.match)
            and (not self.match_any or any(_is_there(body, path) for path in self.match_any))
            and all(
                read_first(body, body, (path,)) in values
                for path, values in self.match_values.items()
            )
        )

    def find_items(self, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Return the objects that are messages, or would be."""
        for path in self.items:
            items: list[Mapping[str, Any]] = [
                item for item in find_values(body, path) if isinstance(item, dict)
            ]
            if items:
                return items
        return []

    def is_incoming(self, body: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
        """Return whether an item is a message that came in, not a receipt or one sent out."""
        return all(
            read_first(body, item, (path,)) in values for path, values in self.accept.items()
        ) and not any(
            read_first(body, item, (path,)) in values for path, values in self.refuse.items()
        )


@cache
def load_profiles(folder: Path) -> tuple[GatewayProfile, ...]:
    """Return the profiles of the vocabulary folder, in the order in which they are tried.

    Raises FileNotFoundError, and ValueError or TypeError for a faulty file.
    """
    document = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    return tuple(_build_profile(table) for table in document["profile"])


def _build_profile(table: Mapping[str, Any]) -> GatewayProfile:
    fields: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, list):
            fields[name] = tuple(value)
        elif name == "answer":
            fields[name] = GatewayAnswer(**value)
        elif isinstance(value, dict):
            fields[name] = {path: tuple(values) for path, values in value.items()}
        else:
            fields[name] = value
    return GatewayProfile(**fields)


def find_values(value: Any, path: str) -> Iterator[Any]:
    """Yield the values at a path; of each item where it leads through lists. "": the value."""
    if not path:
        yield value
        return
    key, _, rest = path.partition("/")
    child = value.get(key.removesuffix(_LIST_MARK)) if isinstance(value, dict) else None
    if not key.endswith(_LIST_MARK):
        if child is not None:
            yield from find_values(child, rest)
    elif isinstance(child, list):
        for item in child:
            yield from find_values(item, rest)


def read_first(body: Mapping[str, Any], item: Mapping[str, Any], paths: tuple[str, ...]) -> Any:
    """Return the value of the first path that has one; None where none has.

    A path with "/" in front is of the body, any other of the item; "a+b" needs both and joins them.
    """
    for path in paths:
        parts = [_read_path(body, item, part) for part in path.split("+")]
        if len(parts) == 1 and parts[0] not in (None, ""):
            return parts[0]
        if len(parts) > 1 and all(isinstance(part, str | int) and part != "" for part in parts):
            return " ".join(map(str, parts))
    return None


def _read_path(body: Mapping[str, Any], item: Mapping[str, Any], path: str) -> Any:
    root = body if path.startswith("/") else item
    return next(find_values(root, path.removeprefix("/")), None)


def _is_there(body: Mapping[str, Any], path: str) -> bool:
    return next(find_values(body, path), None) is not None
