"""The dashboard of a Polda or of Mabes: several kabupaten side by side."""
