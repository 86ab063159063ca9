"""Small tools without domain: language, atomic files, caches, background jobs, telemetry."""
