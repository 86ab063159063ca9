"""The page of a Polda or of Mabes: its kabupaten side by side."""
