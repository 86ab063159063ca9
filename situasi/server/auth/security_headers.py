"""Security headers of every response, and the Content-Security-Policy of pages."""

import base64
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from situasi.server.auth.request_info import RequestInfo

_COMMON_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "serial=(), display-capture=()",
}
_TLS_HEADERS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}
# Static files: they are not personal, and their path changes with their content.
_CACHEABLE_PREFIXES = ("/static/", "/berkas/", "/peta/", "/gaya/", "/layar/berkas/")


def add_security_headers(send: Send, path: str, request_info: RequestInfo, policy: str) -> Send:
    """Wrap `send` so that every response carries the security headers."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            headers = MutableHeaders(scope=message)
            own_headers = _COMMON_HEADERS | (_TLS_HEADERS if request_info.secure else {})
            for name, value in own_headers.items():
                headers[name] = value
            headers.setdefault("content-security-policy", policy.format(host=request_info.host))
            if path.startswith("/api/"):
                headers.setdefault("cache-control", "private, no-cache")
            elif not path.startswith(_CACHEABLE_PREFIXES):
                headers["cache-control"] = "no-store"
        await send(message)

    return send_with_headers


def build_policy(shell_path: Path) -> str:
    """Return the policy of Streamlit's pages: resources of this board alone. `{host}`: its host.

    shell_path: Streamlit's page, whose own scripts are allowed by hash. Streamlit writes styles
    into the page at run time; map icons are fetched from data: URLs, map workers from blob: URLs;
    tables are read by WebAssembly, without eval.
    """
    scripts = re.findall(r"<script>(.*?)</script>", shell_path.read_text("utf-8"), re.DOTALL)
    script_sources = " ".join(("'self'", "'wasm-unsafe-eval'", *csp_hashes(scripts)))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {script_sources}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            # Not every browser matches 'self' for the WebSocket of the same host.
            "connect-src 'self' ws://{host} wss://{host} data: blob:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        )
    )


def csp_hashes(texts: Iterable[str]) -> list[str]:
    """Return each text's hash as a source of a policy."""
    digests = (base64.b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    return [f"'sha256-{digest}'" for digest in digests]
