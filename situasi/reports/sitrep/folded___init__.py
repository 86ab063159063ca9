"""Frames become files that leave the board: marked, dated, harmless to a spreadsheet."""
