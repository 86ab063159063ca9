"""The whole: overview, worklist, priority score, staleness of feeds, changes."""
