"""The system's Chromium, and how it is started: for tests and for figures."""

from __future__ import annotations

import os
import shutil

# Without the windows of the whole browser, the same engine takes a quarter less of the processor.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# WebGL without a graphics card, by Mesa, which keeps what it has compiled: SwiftShader, used where
# Mesa is missing, takes three seconds for each map. And no errands of the browser's own.
ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=gl-egl",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-gpu-compositing",  # in software it draws the whole page again for each small change
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE 127.0.0.2",
)


def path() -> str | None:
    """Where it is; None where this machine has none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
