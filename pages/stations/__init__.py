"""TPS: the state of every TPS."""
