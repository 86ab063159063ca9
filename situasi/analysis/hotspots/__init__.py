"""Hotspots: incidents by place and hour, and where they are more than usual."""
