"""The command that copies the rows of this store to the store of a Polda."""

from functools import partial
from typing import Annotated

import typer

from situasi.cli.common import err, fail, now, open_cli_board, out, print_line, until_interrupted
from situasi.common.metrics import JobStatus
from situasi.store import Scope, open_store
from situasi.store.replication import ReplicationBatch, ReplicationRefused, Replicator


def sync(
    to: Annotated[
        str | None, typer.Option(help="Alamat penyimpanan tujuan; tanpa ini: SITUASI_UPSTREAM.")
    ] = None,
    every: Annotated[
        float | None,
        typer.Option(min=0.1, help="Terus, tiap sekian detik; tanpa ini: sekali, lalu selesai."),
    ] = None,
) -> None:
    """Alirkan baris penyimpanan ini ke penyimpanan Polda: apa adanya, berurutan, sekali.

    Akun, sesi, kunci dan tautan tidak ikut. Aman dihentikan dan diulang kapan saja. Dengan
    --every tetap berjalan: bila jaringan putus, dicoba lagi sendiri.
    """
    with open_cli_board() as board:
        url, election = to or board.settings.upstream_url, board.register.election
        if url is None:
            raise fail("tujuan belum disebut: --to postgresql+psycopg://... atau SITUASI_UPSTREAM")
        opener = partial(open_store, url, Scope(election.contest, election.kabupaten_code))
        replicator = Replicator(board.store, opener, now, JobStatus(), _print_batch, every or 1.0)
        try:
            if every is None:
                _run_once(replicator)
            else:
                _run_until_interrupted(replicator)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        finally:
            replicator.close()


def _run_once(replicator: Replicator) -> None:
    error = replicator.replicate_now()
    if error is not None:
        rows = replicator.status.pending_rows
        raise fail(error if rows is None else f"{error} Menunggu: {rows} baris.")
    out.print("Semua sudah di tujuan.", highlight=False)


def _run_until_interrupted(replicator: Replicator) -> None:
    """Replicate until interrupted. A refusal ends it: waiting does not mend a forked audit log."""
    last = ""
    with until_interrupted() as stop:
        while not stop.wait(replicator.pause_s if last else 0.0):
            error = replicator.replicate_now()
            if isinstance(error, ReplicationRefused):
                raise fail(error)
            message = "" if error is None else str(error)
            if message and message != last:
                err.print(message, style="bold red", highlight=False, markup=False, soft_wrap=True)
            last = message or "ok"
    raise typer.Exit(130)


def _print_batch(batch: ReplicationBatch) -> None:
    print_line(
        f"{now().astimezone():%H.%M.%S} mengalir: {batch.rows} baris, {batch.entries} catatan"
        f" jejak, sampai catatan {batch.last_entry}."
    )
