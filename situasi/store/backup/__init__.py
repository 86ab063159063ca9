"""Backup and restore of the whole store as one file."""
