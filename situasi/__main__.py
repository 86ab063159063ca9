"""Run the command line: `python -m situasi`."""

from situasi.cli import app

app()
