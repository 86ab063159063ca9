"""Where the API key of a request may stand: many programs can set but one of these places."""

import base64
import binascii

from starlette.datastructures import Headers, QueryParams
from starlette.types import Scope

# Header of programs that let the user name one; that of Telegram is the only one it knows.
KEY_HEADERS = ("x-api-key", "x-telegram-bot-api-secret-token")
# In the address, for programs that can set nothing else; and only to send, not to read.
KEY_PARAMETER = "kunci"
# WhatsApp asks an address once, by this, whether it is ours.
VERIFY_PARAMETER = "hub.verify_token"
_MESSAGE_PATH = "/v1/pesan"
_MAX_BASIC_LENGTH = 500


def read_headers(scope: Scope) -> Headers:
    """Return the headers of a request, with its key as a bearer token wherever it stood.

    The address comes first, for what stands there was put there for us; then a header of its own;
    then Authorization, which some programs fill with a signature of theirs.
    """
    headers = Headers(scope=scope)
    token = _find_token(scope, headers)
    if token is None:
        return headers
    others = [(name, value) for name, value in headers.raw if name != b"authorization"]
    bearer = b"Bearer " + token.encode("latin-1", "replace")
    return Headers(raw=[*others, (b"authorization", bearer)])


def has_key(scope: Scope) -> bool:
    """Return whether a request shows a key, or what claims to be one."""
    headers = Headers(scope=scope)
    return "authorization" in headers or _find_token(scope, headers) is not None


def is_sent_unasked(scope: Scope) -> bool:
    """Return whether a browser may have added the key by itself: it remembers a password."""
    headers = Headers(scope=scope)
    is_basic = headers.get("authorization", "").lower().startswith("basic ")
    return is_basic and _find_explicit_token(scope, headers) is None


def _find_token(scope: Scope, headers: Headers) -> str | None:
    """Return the key where it is not a bearer token already; None where it is, or is missing."""
    explicit = _find_explicit_token(scope, headers)
    return explicit if explicit is not None else _decode_password(headers.get("authorization", ""))


def _find_explicit_token(scope: Scope, headers: Headers) -> str | None:
    query = QueryParams(scope.get("query_string", b"").decode("latin-1"))
    is_message = scope["path"].endswith(_MESSAGE_PATH)
    name = KEY_PARAMETER if scope["method"] == "POST" else VERIFY_PARAMETER
    if name in query and (is_message or name == KEY_PARAMETER):
        return query[name]
    return next((headers[name] for name in KEY_HEADERS if name in headers), None)


def _decode_password(authorization: str) -> str | None:
    """Return the password of Basic authentication, or its name where the password is empty."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _MAX_BASIC_LENGTH:
        return None
    try:
        name, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return password or name
