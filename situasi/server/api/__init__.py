"""Reports in and figures out over HTTP, under /api/v1."""
