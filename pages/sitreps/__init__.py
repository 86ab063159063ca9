"""Laporan: the reports as text, DOCX, PDF and XLSX."""
