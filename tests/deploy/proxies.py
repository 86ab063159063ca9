"""The proxies of deploy/ as they stand there, but for ports, and viewers who come through them."""

from __future__ import annotations

import http.client
import os
import select
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.sync.client import ClientConnection, connect

from tests.browser.serving import PATIENCE, Server, free_port, until
from tests.deploy.machines import DEPLOY
from tests.server.doors import Answer, Knocker

NAME = "papan.polres.internal"
CADDY = Path(sys.executable).with_name("caddy")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass
class Proxy:
    """What listens with TLS before some processes. authority: whom a viewer must believe."""

    port: int
    authority: Path


@dataclass
class Outsider(Knocker):
    """Somebody at another machine (an address of this one that is not the proxy's)."""

    proxy: Proxy = field(kw_only=True)
    address: str = "127.0.0.5"

    def ask(self, path: str, method: str = "GET", body=None, **headers: str) -> Answer:  # type: ignore[no-untyped-def]
        line = http.client.HTTPConnection(NAME, self.proxy.port, timeout=PATIENCE)
        line.sock = self._line()
        sent = self._cookie() | self.more | {k.replace("_", "-"): v for k, v in headers.items()}
        try:
            # Whoever is refused before all is sent may still read why.
            with suppress(OSError):
                line.request(method, path, body, sent)
            found = line.getresponse()
            text = found.read().decode("utf-8", "replace")
        finally:
            line.close()
        for said in found.headers.get_all("set-cookie") or ():
            name, _, value = said.partition(";")[0].partition("=")
            self.jar[name] = value.strip('"')
        return Answer(found.status, found.headers, text)

    def talk(self, script: str = "", **headers: str) -> ClientConnection:
        protocols = ["streamlit", "no-token", script] if script else ["streamlit"]
        return connect(
            f"ws://{NAME}:{self.proxy.port}/_stcore/stream",
            sock=relayed(self._line()),
            subprotocols=protocols,  # type: ignore[arg-type]
            additional_headers=self._cookie() | self.more | headers,
            origin=f"https://{NAME}:{self.proxy.port}",  # type: ignore[arg-type]
            compression=None,
            max_size=None,
            max_queue=None,  # else closing waits for what was not read
            proxy=None,
            open_timeout=PATIENCE,
        )

    def _line(self) -> ssl.SSLSocket:
        return tls_line(self.proxy, self.address)


def tls_line(proxy: Proxy, address: str = "127.0.0.1") -> ssl.SSLSocket:
    """A connection to the board by its name, from this address. Raises OSError."""
    plain = socket.create_connection(("127.0.0.1", proxy.port), PATIENCE, (address, 0))
    trust = ssl.create_default_context(cafile=proxy.authority)
    return trust.wrap_socket(plain, server_hostname=NAME)


def relayed(line: ssl.SSLSocket) -> socket.socket:
    """Yield the connection without TLS, for a client that reads and writes in two threads.

    Python's ssl does not bear that of one line: about one in two hundred then ends before its
    first byte, before any server. Here one thread does both.
    """
    near, far = socket.socketpair()
    threading.Thread(target=_relay, args=(line, far), daemon=True).start()
    return near


def _relay(line: ssl.SSLSocket, far: socket.socket) -> None:
    """Carry bytes both ways until either side ends."""
    ways = {line: far, far: line}
    with line, far, suppress(OSError):
        while True:
            for one in [line] if line.pending() else select.select(list(ways), [], [])[0]:
                one.settimeout(0)
                try:
                    part = one.recv(65536)
                except ssl.SSLWantReadError:  # came for TLS itself
                    continue
                if not part:
                    return
                ways[one].settimeout(PATIENCE)
                ways[one].sendall(part)


@contextmanager
def caddy(folder: Path, boards: list[Server]) -> Iterator[Proxy]:
    """deploy/Caddyfile with its own authority."""
    port = free_port()
    text = _replaced(
        (DEPLOY / "Caddyfile").read_text("utf-8"),
        ("\n{\n", f"\n{{\n\tadmin off\n\thttp_port {free_port()}\n\thttps_port {port}\n"),
        ("127.0.0.1:8501 {", " ".join(f"127.0.0.1:{one.port}" for one in boards) + " {"),
    )
    config = folder / "Caddyfile"
    config.write_text(text, "utf-8")
    env = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "share")}
    command = [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(config)]
    root = folder / "share" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    with _running(command, folder / "caddy.log", env, port):
        until(root.exists, "no root certificate")
        proxy = Proxy(port, root)
        until(lambda: _serves(proxy), "no certificate for the name")
        yield proxy


@contextmanager
def nginx(folder: Path, boards: list[Server]) -> Iterator[Proxy]:
    """deploy/nginx.conf with a certificate made here."""
    port = free_port()
    certificate, key = self_signed(folder)
    servers = "".join(
        f"    server 127.0.0.1:{one.port} max_fails=1 fail_timeout=5s;\n" for one in boards
    )
    text = _replaced(
        (DEPLOY / "nginx.conf").read_text("utf-8"),
        ("    server 127.0.0.1:8501 max_fails=1 fail_timeout=5s;\n", servers),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("/etc/situasi/tls/papan.crt", str(certificate)),
        ("/etc/situasi/tls/papan.key", str(key)),
    )
    (folder / "situasi.conf").write_text(text, "utf-8")
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off;\npid {folder}/pid;\n{_as_myself()}events {{}}\nhttp {{\n"
        f"    access_log off;\n    client_body_temp_path {folder}/body;\n"
        f"    proxy_temp_path {folder}/proxy;\n    include {folder}/situasi.conf;\n}}\n",
        "utf-8",
    )
    command = [str(NGINX), "-e", "stderr", "-p", str(folder), "-c", str(config)]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    with _running(command, folder / "nginx.log", dict(os.environ), port):
        yield Proxy(port, certificate)


PROXIES = {"caddy": caddy, "nginx": nginx}


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for NAME, as an intranet without an authority has it; it, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    names = [x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, held = folder / "papan.crt", folder / "papan.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    held.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, held


@contextmanager
def _running(command: list[str], log: Path, env: dict[str, str], port: int) -> Iterator[None]:
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=env, stdout=said, stderr=subprocess.STDOUT)
    try:
        until(lambda: process.poll() is not None or _listens(port), "the proxy did not come up")
        assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
        yield
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _serves(proxy: Proxy) -> bool:
    try:
        tls_line(proxy).close()
    except OSError:
        return False
    return True


def _as_myself() -> str:
    # Else the workers of a root's nginx are somebody who may not come into this folder.
    return "user root root;\n" if os.geteuid() == 0 else ""


def _replaced(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text
