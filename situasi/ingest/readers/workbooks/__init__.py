"""Readers of workbooks: XLSX, and XLS and ODS, which become the same plain sheets."""
