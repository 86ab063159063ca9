"""python -m situasi."""

from situasi.cli import app

app()
