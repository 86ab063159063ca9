"""TPS: the state of every polling station."""
