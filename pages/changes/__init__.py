"""Sejak taklimat: what changed since the last briefing."""
