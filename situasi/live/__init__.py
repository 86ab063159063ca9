"""The picture of now, kept up to date: snapshot, refresher, analysis cache, access scope."""
