"""Files that leave the board: tables as CSV and XLSX, laporan as DOCX and PDF, the archive."""
