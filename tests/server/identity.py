"""A small identity provider on this machine: strict with its client, and as wrong as a test wants.

What it does wrong is set by the test: `tell` changes the claims, `sign` the token, `instead`
whole answers by their path.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.browser.serving import PATIENCE, until
from tests.server.doors import Answer, Knocker

CLIENT, SECRET = "situasi", "rahasia klien: 100% + & ="
BACK = "/masuk/oidc/kembali"
KEY = RSAKey.generate_key(2048, {"kid": "satu", "use": "sig", "alg": "RS256"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "satu"})  # somebody else's, by the same name
Claims = dict[str, Any]
WAY = re.compile(r'href="(/masuk/oidc\?[^"]+)"')
# A form that goes to the address it was shown at.
_PAGE = """<!DOCTYPE html><html lang="id"><title>SSO Polri</title><link rel="icon" href="data:,">
<form method="post"><label>Nama pengguna <input name="name" autofocus></label>
<button>Lanjut</button></form></html>"""


@dataclass
class Asked:
    """What a browser came with, and a code was given out for."""

    nonce: str
    challenge: str
    back: str
    sub: str
    name: str


class IdentityProvider:
    """Real HTTP, discovery, keys, codes that count once, PKCE."""

    def __init__(self, certificate: Path | None = None, host: str = "127.0.0.1") -> None:
        self._certificate, self._host = certificate, host
        self._socket: Any = None
        self._server: uvicorn.Server | None = None
        self.port = 0
        self.reset()

    def reset(self) -> None:
        """Well-behaved again, with wati before it."""
        self.sub, self.name = "17", "wati"
        self.keys: list[RSAKey | ECKey] = [KEY]
        self.ways = ["client_secret_post", "client_secret_basic"]
        self.document: Claims = {}
        self.tell: Callable[[Claims], Claims] = dict
        self.sign: Callable[[Claims], str] = signed
        self.instead: dict[str, ASGIApp] = {}
        self.person: Claims | None = None
        self.asks = False  # who somebody is, on a page of its own
        self.asked: dict[str, Asked] = {}
        self.requests: list[str] = []
        self.codes: list[str] = []
        self.tokens: list[str] = []

    @property
    def issuer(self) -> str:
        return f"{'https' if self._certificate else 'http'}://{self._host}:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        """The settings of a board that believes this provider."""
        return {
            "SITUASI_OIDC_ISSUER": self.issuer,
            "SITUASI_OIDC_CLIENT": CLIENT,
            "SITUASI_OIDC_SECRET": SECRET,
            "SITUASI_OIDC_NAME": "SSO Polri",
            **more,
        }

    def start(self) -> None:
        config = uvicorn.Config(
            self._answer,
            host=self._host,
            port=self.port,
            log_level="error",
            ws="none",
            lifespan="off",
            interface="asgi3",
            timeout_graceful_shutdown=1,
            ssl_certfile=self._certificate,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until(lambda: self._server is not None and self._server.started, "no provider came up")
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
            self._thread.join(PATIENCE)
            self._server = None

    def visited(self, address: str) -> str:
        """Go there as a browser that is known; where it is sent back to."""
        where = urlsplit(address)
        assert where.netloc == urlsplit(self.issuer).netloc, address
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            line.request("GET", f"{where.path}?{where.query}")
            answer = line.getresponse()
            said = answer.read()
        finally:
            line.close()
        assert answer.status == 302, said
        return str(answer.headers["location"])

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append(scope["path"])
        app = self.instead.get(scope["path"], self._app())
        await app(scope, receive, send)

    def _app(self) -> ASGIApp:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/authorize", self._authorize, methods=["GET", "POST"]),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
                Route("/person", self._person),
            ]
        )

    async def _discovery(self, _request: Request) -> Response:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?realm=polri",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/person",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": self.ways,
            **self.document,
        }
        return JSONResponse({name: value for name, value in found.items() if value is not None})

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        for name, value in {
            "response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256",
            "realm": "polri", "prompt": "login", "scope": "openid profile",
        }.items():  # fmt: skip
            if asked.get(name) != value:
                return PlainTextResponse(f"{name}: {asked.get(name)}", 400)
        for name in ("state", "nonce", "code_challenge"):
            if len(asked.get(name, "")) < 43:
                return PlainTextResponse(f"{name} is short", 400)
        back = asked["redirect_uri"]
        if urlsplit(back).path != BACK:
            return PlainTextResponse("redirect_uri", 400)
        if self.asks and request.method == "GET":
            return HTMLResponse(_PAGE)
        if self.asks:
            self.name = str((await request.form())["name"])
        code = secrets.token_urlsafe()
        self.codes.append(code)
        self.asked[code] = Asked(asked["nonce"], asked["code_challenge"], back, self.sub, self.name)
        brought = {"code": code, "state": asked["state"], "iss": self.issuer}
        return RedirectResponse(f"{back}?{urlencode(brought)}", 302)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        if not self._is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.asked.pop(str(form.get("code")), None)
        verifier = str(form.get("code_verifier")).encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
        if (
            asked is None
            or form.get("redirect_uri") != asked.back
            or challenge.decode() != asked.challenge
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": asked.sub, "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": asked.nonce, "preferred_username": asked.name,
        }  # fmt: skip
        token, access = self.sign(self.tell(claims)), secrets.token_urlsafe()
        self.tokens += [token, access]
        return JSONResponse(
            {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": token}
        )

    def _is_client(self, request: Request, form: Any) -> bool:
        if self.ways[0] == "client_secret_post":
            return bool(form.get("client_id") == CLIENT and form.get("client_secret") == SECRET)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {basic}"

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet(list(self.keys)).as_dict())

    async def _person(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return JSONResponse({"error": "invalid_token"}, 401)
        return JSONResponse(self.person)


@dataclass
class Officer(Knocker):
    """Somebody whom the provider knows."""

    def leaves(self, ke: str = "/", **headers: str) -> str:
        """Follow the link on the form; the address of the provider."""
        form = self.page(f"/masuk?ke={quote(ke)}", **headers)
        link = WAY.search(form.body)
        assert link, "there is no way to the provider"
        answer = self.page(link.group(1).replace("&amp;", "&"), **headers)
        assert answer.status == 303, answer.body
        return answer.to

    def returns(self, address: str, **headers: str) -> Answer:
        """Come back from there."""
        where = urlsplit(address)
        return self.page(f"{where.path}?{where.query}", **headers)

    def signs_in(self, sso: IdentityProvider, ke: str = "/", **headers: str) -> Answer:
        return self.returns(sso.visited(self.leaves(ke, **headers)), **headers)


def signed(claims: Claims, key: Any = KEY, alg: str = "RS256", **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, claims, key)


def unsigned(claims: Claims, **header: str) -> str:
    """A token with the algorithm `none`, as its attackers write it."""
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", "typ": "JWT", **header}, claims)
    )
    return f"{head}.{body}."


def saying(status: int, body: bytes, *headers: tuple[bytes, bytes]) -> ASGIApp:
    """An application that answers this to everything."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        kind = (b"content-type", b"application/json")
        start = {"type": "http.response.start", "status": status, "headers": [kind, *headers]}
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return app


async def endless(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Gigabytes, for as long as somebody listens."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(32 * 1024):
        await send({"type": "http.response.body", "body": b" " * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def dripping(_scope: Scope, receive: Receive, send: Send) -> None:
    """A byte a second: never silent for long, and never done."""

    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(60):
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(1)
    await send({"type": "http.response.body", "body": b""})
