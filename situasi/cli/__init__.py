"""The command line: python -m situasi ..."""

from __future__ import annotations

import typer

from situasi.cli import (
    admitting,
    audit,
    briefing,
    calibrating,
    copying,
    deliveries,
    drills,
    geo,
    held,
    keeping,
    keys,
    rehearsals,
    reporting,
    shared,
    syncing,
    upgrading,
    users,
)

app = typer.Typer(
    help="Situasi: papan situasi hari pemungutan suara.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
for command in (
    deliveries.ingest,
    deliveries.batches,
    deliveries.undo,
    deliveries.watch,
    rehearsals.prepare,
    rehearsals.simulate,
    rehearsals.replay,
    calibrating.calibrate,
    drills.drill,
    copying.copy,
    upgrading.upgrade,
    admitting.admit,
    reporting.report,
    keeping.backup,
    keeping.restore,
    keeping.export,
    syncing.sync,
):
    app.command()(command)
app.add_typer(held.app, name="quarantine")
app.add_typer(geo.app, name="geo")
app.add_typer(audit.app, name="audit")
app.add_typer(users.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(shared.app, name="link")
app.add_typer(briefing.app, name="briefing")
