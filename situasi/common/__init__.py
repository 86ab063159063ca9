"""Small tools without domain knowledge: language, atomic files, caches, jobs, metrics."""
