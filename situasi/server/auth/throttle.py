"""Limits on failed sign-in attempts, per account and per address.

An attempt counts before it is checked, so that parallel attempts gain nothing, and is given back if
it was right: a whole Polres behind one address signs in as often as it likes.
"""

import ipaddress
from dataclasses import dataclass

from situasi.common.lru_dict import LruDict

# By name or address: attempts, and since when they are counted.
Counts = LruDict[str, tuple[int, float]]

MAX_PER_ACCOUNT = 10
MAX_PER_ADDRESS = 40
WINDOW_S = 15 * 60.0  # seconds

_MAX_KEYS = 10_000  # names and addresses remembered; the oldest are forgotten
_MAX_DELAY_S = 3.0  # longest delay of the answer to a wrong attempt


@dataclass(frozen=True)
class ThrottleDecision:
    """What happens to an attempt. is_first_block: the first that is blocked in this window."""

    blocked: bool
    is_first_block: bool
    delay_s: float


@dataclass(frozen=True)
class Attempt:
    """One attempt. device_id: of a browser in which this account has signed in before."""

    name: str
    address: str
    device_id: str = ""


class LoginThrottle:
    """Failed attempts of the last 15 minutes, in memory.

    delay_step_s: seconds by which each further answer is delayed; the lifespan sets that of the
    settings.
    """

    def __init__(self) -> None:
        self.delay_step_s = 0.2
        self._account_counts: Counts = LruDict(_MAX_KEYS)
        self._address_counts: Counts = LruDict(_MAX_KEYS)
        self._known_pairs: LruDict[tuple[str, str], None] = LruDict(_MAX_KEYS)

    def record_attempt(self, attempt: Attempt, now: float) -> ThrottleDecision:
        """Count this attempt and decide about it."""
        if not attempt.device_id:  # a known browser does not count against its address
            address_decision = self.record_address_attempt(attempt.address, now)
            if address_decision.blocked:  # and it does not count against the account
                return address_decision
        count = _increment(self._account_counts, self._bucket(attempt), now)
        return self._decide(count, MAX_PER_ACCOUNT)

    def record_address_attempt(self, address: str, now: float) -> ThrottleDecision:
        """Count and decide an attempt whose account is not known yet."""
        count = _increment(self._address_counts, _network(address), now)
        return self._decide(count, MAX_PER_ADDRESS)

    def _decide(self, count: int, limit: int) -> ThrottleDecision:
        delay_s = min(self.delay_step_s * count, _MAX_DELAY_S)
        return ThrottleDecision(count > limit, count == limit + 1, delay_s)

    def is_blocked(self, attempt: Attempt, now: float) -> bool:
        """Return whether the next attempt would be blocked, so that it need not queue."""
        checks = [(self._account_counts, self._bucket(attempt), MAX_PER_ACCOUNT)]
        if not attempt.device_id:
            checks.append((self._address_counts, _network(attempt.address), MAX_PER_ADDRESS))
        return any(_current_count(counts, key, now) >= limit for counts, key, limit in checks)

    def is_known(self, attempt: Attempt) -> bool:
        """Return whether this account has signed in before from this address or browser."""
        pair = attempt.name[:64], _network(attempt.address)
        return bool(attempt.device_id) or pair in self._known_pairs

    def record_success(self, attempt: Attempt) -> None:
        """Clear the failures of this account and give the attempt of its address back."""
        name, address = attempt.name[:64], _network(attempt.address)
        for bucket in (name, f"{name} {address}", self._bucket(attempt)):
            self._account_counts.pop(bucket, None)
        if not attempt.device_id:
            self.record_address_success(attempt.address)
        self._known_pairs[name, address] = None

    def record_address_success(self, address: str) -> None:
        """Give one attempt of an address back; its failures stay."""
        key = _network(address)
        count, since = self._address_counts.get(key, (0, 0.0))
        if count:
            self._address_counts[key] = (count - 1, since)

    def _bucket(self, attempt: Attempt) -> str:
        """Return the counter's key; other devices cannot lock a device that the owner has used."""
        name, address = attempt.name[:64], _network(attempt.address)
        if attempt.device_id:
            return f"{name} #{attempt.device_id[:64]}"
        return f"{name} {address}" if (name, address) in self._known_pairs else name


def _increment(counts: Counts, key: str, now: float) -> int:
    count, since = counts.get(key, (0, now))
    if now - since > WINDOW_S:
        count, since = 0, now
    counts[key] = (count + 1, since)
    return count + 1


def _current_count(counts: Counts, key: str, now: float) -> int:
    count, since = counts.get(key, (0, now))
    return 0 if now - since > WINDOW_S else count


def _network(address: str) -> str:
    """Return the address, for IPv6 its /64 network: one household owns 2^64 addresses."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
