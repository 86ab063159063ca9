"""Keyed marks of senders: the same sender has the same mark, and no mark tells who it is."""

import hmac
import re
from hashlib import sha256

# What programs write around the number of a chat account.
_PREFIX = re.compile(r"^(?:whatsapp|sms|tel|signal):", re.IGNORECASE)
_SUFFIX = re.compile(r"@(?:c\.us|s\.whatsapp\.net)$", re.IGNORECASE)
_NUMBER = re.compile(r"[+(]?[0-9][0-9 ().-]{6,22}")
_COUNTRY_CODE = "62"


class SenderMarks:
    """Makes marks under the secret of this installation (`access.officer_key`)."""

    def __init__(self, secret: str) -> None:
        # A key of its own, so that a mark says nothing about what else the secret signs.
        self._key = hmac.digest(secret.encode(), b"situasi sender mark", "sha256")

    def mark_sender(self, sender: str) -> str:
        """Return 16 hexadecimal digits for a sender, however the number is spelled."""
        return self.mark("sender", normalize_sender(sender))[:16]

    def mark(self, *parts: str) -> str:
        """Return 40 hexadecimal digits for these texts together."""
        content = "\0".join(f"{len(part)}:{part}" for part in parts)
        return hmac.new(self._key, content.encode("utf-8", "replace"), sha256).hexdigest()[:40]


def normalize_sender(sender: str) -> str:
    """Return one spelling of a sender: `+62 812-3456`, `0812 3456` and `628123456@c.us` are one."""
    text = _SUFFIX.sub("", _PREFIX.sub("", sender.strip()))
    if not _NUMBER.fullmatch(text):
        return text.casefold()
    digits = "".join(letter for letter in text if letter.isdigit()).removeprefix("00")
    return f"{_COUNTRY_CODE}{digits[1:]}" if digits.startswith("08") else digits
