"""How often one may try to sign in: for each account, and from each address."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

PER_ACCOUNT = 10
PER_ADDRESS = 40
WINDOW = 15 * 60.0  # seconds

_MOST = 10_000  # names and addresses remembered; the oldest are forgotten
_SLOWEST = 3.0  # seconds that a wrong answer is held back at most


@dataclass(frozen=True)
class Verdict:
    """blocked: not even looked at; first: this is where it began. hold: seconds to wait."""

    blocked: bool
    first: bool
    hold: float


class Attempts:
    """Attempts of the last quarter of an hour, in memory."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._addresses: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._familiar: OrderedDict[tuple[str, str], None] = OrderedDict()

    def attempt(self, name: str, address: str, now: float) -> Verdict:
        """Count this attempt before it is looked at, so that many at once gain nothing."""
        from_there = self.attempt_from(address, now)
        if from_there.blocked:  # and it does not use up the account's
            return from_there
        name, address = name[:64], _block(address)
        # From where its owner has signed in before, nobody else can lock an account.
        lane = f"{name} {address}" if (name, address) in self._familiar else name
        of_account = _count(self._accounts, lane, now)
        first = of_account == PER_ACCOUNT + 1
        return Verdict(of_account > PER_ACCOUNT, first, min(0.2 * of_account, _SLOWEST))

    def attempt_from(self, address: str, now: float) -> Verdict:
        """The same where nobody says for which account."""
        count = _count(self._addresses, _block(address), now)
        first = count == PER_ADDRESS + 1
        return Verdict(count > PER_ADDRESS, first, min(0.2 * count, _SLOWEST))

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of this account; those of the address stay."""
        name, address = name[:64], _block(address)
        self._accounts.pop(name, None)
        self._accounts.pop(f"{name} {address}", None)
        _keep(self._familiar, (name, address), None)


def _count(known: OrderedDict[str, tuple[int, float]], key: str, now: float) -> int:
    count, since = known.get(key, (0, now))
    if now - since > WINDOW:
        count, since = 0, now
    _keep(known, key, (count + 1, since))
    return count + 1


def _keep(known: OrderedDict[K, V], key: K, value: V) -> None:
    known[key] = value
    known.move_to_end(key)
    while len(known) > _MOST:
        known.popitem(last=False)


def _block(address: str) -> str:
    """An IPv6 address counts with its neighbours: one household owns 2^64 of them."""
    try:
        plain = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if plain.version == 6:
        return str(ipaddress.ip_network((plain, 64), strict=False))
    return str(plain)
