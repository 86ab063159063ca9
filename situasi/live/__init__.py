"""The current state, kept up to date: snapshot, refresher, analysis cache, access scope."""
