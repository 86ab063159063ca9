"""Count failed attempts to sign in: for each account, and from each address.

An attempt counts before it is looked at, so that many at once gain nothing, and is given back
where it was right: a whole Polres behind one address signs in as often as it likes.
"""

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


@dataclass(frozen=True)
class Attempt:
    """One attempt. device: the number of a browser in which this account has signed in before."""

    name: str
    address: str
    device: str = ""


class Attempts:
    """Failed attempts of the last quarter of an hour, in memory."""

    def __init__(self) -> None:
        self._accounts: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._addresses: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._familiar: OrderedDict[tuple[str, str], None] = OrderedDict()

    def attempt(self, one: Attempt, now: float) -> Verdict:
        """Count this attempt."""
        if not one.device:  # who holds such a browser is no stranger of this address
            from_there = self.attempt_from(one.address, now)
            if from_there.blocked:  # and it does not use up the account's
                return from_there
        of_account = _count(self._accounts, self._lane(one), now)
        first = of_account == PER_ACCOUNT + 1
        return Verdict(of_account > PER_ACCOUNT, first, min(0.2 * of_account, _SLOWEST))

    def attempt_from(self, address: str, now: float) -> Verdict:
        """The same where nobody says for which account."""
        count = _count(self._addresses, _block(address), now)
        first = count == PER_ADDRESS + 1
        return Verdict(count > PER_ADDRESS, first, min(0.2 * count, _SLOWEST))

    def is_blocked(self, one: Attempt, now: float) -> bool:
        """Whether the next attempt would be blocked; it need not wait for its turn then."""
        known = [(self._accounts, self._lane(one), PER_ACCOUNT)]
        if not one.device:
            known.append((self._addresses, _block(one.address), PER_ADDRESS))
        return any(_counted(counts, key, now) >= most for counts, key, most in known)

    def is_familiar(self, one: Attempt) -> bool:
        """Whether this account has signed in before from there, or in this browser."""
        return bool(one.device) or (one.name[:64], _block(one.address)) in self._familiar

    def succeeded(self, one: Attempt) -> None:
        """Forget the failures of this account, and that this was an attempt of its address."""
        name, address = one.name[:64], _block(one.address)
        for lane in (name, f"{name} {address}", self._lane(one)):
            self._accounts.pop(lane, None)
        if not one.device:
            self.succeeded_from(one.address)
        _keep(self._familiar, (name, address), None)

    def succeeded_from(self, address: str) -> None:
        """Give the attempt of an address back; its failures stay."""
        key = _block(address)
        count, since = self._addresses.get(key, (0, 0.0))
        if count:
            self._addresses[key] = (count - 1, since)

    def _lane(self, one: Attempt) -> str:
        """From where its owner has signed in before, nobody else can lock an account."""
        name, address = one.name[:64], _block(one.address)
        if one.device:
            return f"{name} #{one.device[:64]}"
        return f"{name} {address}" if (name, address) in self._familiar else name


def _count(known: OrderedDict[str, tuple[int, float]], key: str, now: float) -> int:
    count, since = known.get(key, (0, now))
    if now - since > WINDOW:
        count, since = 0, now
    _keep(known, key, (count + 1, since))
    return count + 1


def _counted(known: OrderedDict[str, tuple[int, float]], key: str, now: float) -> int:
    count, since = known.get(key, (0, now))
    return 0 if now - since > WINDOW else count


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
