"""The command line: python -m situasi ..."""

import typer

from situasi.cli import (
    admit,
    audit,
    backup,
    boundaries,
    briefing,
    calibrate,
    copy,
    deliveries,
    drills,
    keys,
    links,
    officer_key,
    profiles,
    quarantine,
    rehearsal,
    report,
    sync,
    upgrade,
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
    rehearsal.prepare,
    rehearsal.simulate,
    rehearsal.replay,
    calibrate.calibrate,
    drills.drill,
    copy.copy,
    upgrade.upgrade,
    admit.admit,
    report.report,
    backup.backup,
    backup.restore,
    backup.export,
    sync.sync,
):
    app.command()(command)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(profiles.app, name="profile")
app.add_typer(boundaries.app, name="geo")
app.add_typer(audit.app, name="audit")
app.add_typer(users.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(links.app, name="link")
app.add_typer(officer_key.app, name="officer-key")
app.add_typer(briefing.app, name="briefing")
