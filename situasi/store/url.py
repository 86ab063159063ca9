"""Parsing of store addresses; no part of one is ever shown, for it may hold a password."""

import re

import sqlalchemy as sa

from situasi.store.model import StoreError

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_SERVER = re.compile(
    r"(?:[^:@/?#\s]*(?::(?P<password>[^:@/?#\s]*))?@)?"
    r"(?:\[[0-9A-Fa-f:.%]+\]|[\w.-]*)(?P<port>:[^/?#@]*)?"
    r"(?P<database>/[^/?#@\s]*)?(?P<query>\?[^#@\s]*)?"
)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PORTS = re.compile(r"(?:\?|&)(?:port=([^&]*)|host=[^&]*?:([^&:\]]*)(?=&|$))")
_MAX_PORT = 65_535

_EXAMPLES = "Pakai sqlite:///BERKAS atau postgresql+psycopg://PENGGUNA:SANDI@SERVER:5432/BASISDATA."
_SUBJECT = "Alamat penyimpanan (SITUASI_STORE, SITUASI_STORE_READ atau SITUASI_UPSTREAM)"


def parse_url(url: str) -> sa.URL:
    """Return this address of a store.

    Raises StoreError that says what is wrong and how an address is written, and shows no part of
    it: in a malformed address it is unknown which part is the password.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise StoreError(f"{_SUBJECT} tidak terbaca: tanpa ://. {_EXAMPLES}")
    driver = _DRIVERS.get(scheme)
    if driver is None:
        raise StoreError(f"{_SUBJECT} menyebut jenis penyimpanan yang tidak dikenal. {_EXAMPLES}")
    fault = _find_file_fault(rest) if driver == "sqlite" else _find_server_fault(rest)
    if fault:
        raise StoreError(f"{_SUBJECT} tidak terbaca: {fault}. {_EXAMPLES}")
    try:
        parsed = sa.make_url(f"{driver}://{rest}")
    except (sa.exc.ArgumentError, ValueError):
        parsed = None
    if parsed is None:  # outside the handler: the caught error contains the address
        raise StoreError(f"{_SUBJECT} tidak terbaca. {_EXAMPLES}")
    return parsed


def _find_file_fault(rest: str) -> str:
    """Return what is wrong after `sqlite://`; empty if nothing is."""
    if not rest:
        return "berkas SQLite belum disebut"
    return "" if rest.startswith("/") else "sebelum berkas SQLite harus tiga garis miring"


def _find_server_fault(rest: str) -> str:
    """Return what is wrong after `postgresql://`; empty if nothing is."""
    parts = _SERVER.fullmatch(rest)
    if parts is None:
        return (
            "tanda : / ? # @ % dan spasi dalam nama atau sandi ditulis dengan %,"
            " misalnya @ menjadi %40 dan / menjadi %2F"
        )
    if _BROKEN_ESCAPE.search(rest):
        return "tanda % harus diikuti dua angka heksadesimal; tanda % sendiri ditulis %25"
    ports = [port for pair in _PORTS.findall(parts["query"] or "") for port in pair if port]
    if parts["port"] is not None:
        ports.append(parts["port"][1:])
    if not all(_is_port(port) for port_list in ports for port in port_list.split(",")):
        return "port bukan angka dari 1 sampai 65535"
    return ""


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) <= _MAX_PORT
