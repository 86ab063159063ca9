"""The overall situation: overview, worklist, priority score, feed staleness and changes."""
