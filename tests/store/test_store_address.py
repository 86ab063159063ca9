"""An address of a store is never repeated to anybody: nobody knows where its password ends."""

from __future__ import annotations

import logging
import traceback

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from situasi import store as stores
from situasi.higher_command.rollups.reader import open_rollup_reader
from situasi.store import Scope, StoreError, open_store
from situasi.store.url import parse_url
from tests.effort import examples

SCOPE = Scope("pilkada-2024", "16.10")
# Long enough that no word of ours holds it by chance.
password = st.text(
    st.one_of(st.sampled_from("@:/?#%[] .&=+\\\"'$"), st.characters(codec="utf-8")),
    min_size=6,
    max_size=20,
).map(lambda text: f"Rhs{text}9")
around = st.sampled_from([
    "postgresql+psycopg://situasi:{}@127.0.0.1:1/situasi",
    "postgresql+psycopg://situasi:{}@127.0.0.1:satu/situasi",
    "postgresql+psycopg://situasi:{}@127.0.0.1:99999/situasi",
    "postgresql+psycopg://situasi:{}@127.0.0.1:1",
    "postgresql+psycopg://situasi:{}127.0.0.1/situasi",
    "postgresql+psycopg://situasi:{}@/situasi?host=127.0.0.1:x",
    "postgresql+psycopg://situasi@127.0.0.1:1/situasi?password={}",
    "postgresql+psycopg://situasi@127.0.0.1:1/situasi?pasword={}",
    "postgresql+psycopg://127.0.0.1:{}/situasi",
    "postgresql+psycopg:/situasi:{}@127.0.0.1/situasi",
    "postgresql+psycopg//situasi:{}@127.0.0.1/situasi",
    "situasi:{}@127.0.0.1/situasi",
    "postgres://situasi:{}@127.0.0.1/situasi",
    "mysql://situasi:{}@127.0.0.1/situasi",
    "sqlite://situasi:{}@127.0.0.1/situasi",
    "{}://situasi@127.0.0.1/situasi",
    "{}",
])  # fmt: skip


def told(error: BaseException) -> str:
    """All that anybody could print of it: words, file, every error behind it, and their lines."""
    where = error.detail if isinstance(error, StoreError) else ""
    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    return "".join([where, repr(error), *lines])


def _rolled(address: str) -> None:
    rollups = open_rollup_reader(address, "pilkada-2024")
    try:
        rollups.read_positions()
    finally:
        rollups.close()


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password, around)
@example("Rhs@/9", "postgresql+psycopg://situasi:{}@127.0.0.1:satu/situasi")
@example("Rhsabcd9", "postgresql+psycopg://situasi:{}@127.0.0.1:1/situasi")
def test_whatever_the_address_is_its_password_is_told_to_nobody(
    caplog: pytest.LogCaptureFixture, password: str, around: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    address = around.format(password)
    for use in (
        lambda: open_store(address, SCOPE),
        lambda: stores.upgrade(address, SCOPE),
        lambda: stores.create_scope_account(address, SCOPE, "sandi"),
        lambda: _rolled(address),
    ):
        try:
            parse_url(address)
        except StoreError:
            pass
        else:
            # One that is whole is spoken to; a server that is not there says nothing of it.
            assume("127.0.0.1:1/" in address and "://situasi:" in address)
        with pytest.raises(StoreError) as refused:
            use()
        said = told(refused.value) + caplog.text
        assert password not in said
        assert repr(password)[1:-1] not in said


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgresql+psycopg://a:b@h:satu/d", "port bukan angka"),
        ("postgresql+psycopg://a:b@h:0/d", "port bukan angka"),
        ("postgresql+psycopg://a:b@h:/d", "port bukan angka"),
        ("postgresql+psycopg://a:b@h:65536/d", "port bukan angka"),
        ("postgresql+psycopg://a:b@/d?host=h:x", "port bukan angka"),
        ("postgresql+psycopg://a:b@/d?host=h&port=x", "port bukan angka"),
        ("postgresql+psycopg://a:b@c@h/d", "@ menjadi %40"),
        ("postgresql+psycopg://a:b/c@h/d", "/ menjadi %2F"),
        ("postgresql+psycopg://a:b%zz@h/d", "ditulis %25"),
        ("mysql://a:b@h/d", "jenis penyimpanan yang tidak dikenal"),
        ("situasi.db", "tanpa ://"),
        ("", "tanpa ://"),
        ("sqlite://situasi.db", "tiga garis miring"),
        ("sqlite://", "belum disebut"),
    ],
)
def test_a_malformed_address_is_told_with_its_remedy(address: str, why: str) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(address)
    said = str(refused.value)
    assert why in said and "SITUASI_STORE" in said and "postgresql+psycopg://PENGGUNA" in said
    assert refused.value.__cause__ is None and refused.value.__context__ is None


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://a:b@h/d",
        "postgresql://a:b%40%2F@h.example:5432/d?sslmode=require",
        "postgresql+psycopg://a@/d?host=db1:5432&host=db2:5433",
        "postgresql+psycopg://a@/d?host=/var/run/postgresql&port=5432",
        "postgresql+psycopg://a:b@[::1]:5432/d",
        "postgresql+psycopg://a:@/d",
    ],
)
def test_a_whole_address_is_read_as_it_is_meant(address: str) -> None:
    found = parse_url(address)
    assert found.drivername == "postgresql+psycopg"
    assert found.password in (None, "", "b", "b@/") and found.database == "d"
