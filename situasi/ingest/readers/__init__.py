"""Readers that turn files from the field into tables of raw cells."""
