"""Images for paper: readable in greyscale, and without hover texts."""
