"""The board of a Polda or of Mabes: several kabupaten side by side."""
