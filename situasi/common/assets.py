"""The style sheet of the pages; its URL changes with its content, so that browsers may cache it."""

from hashlib import sha256
from pathlib import Path
from typing import Final

CSS_TEXT: Final = (Path(__file__).parents[1] / "ui" / "board.css").read_text("utf-8")
FINGERPRINT: Final = sha256(CSS_TEXT.encode()).hexdigest()[:12]
ROUTE: Final = "/gaya/papan-{fingerprint}.css"
CSS_URL: Final = ROUTE.format(fingerprint=FINGERPRINT)
