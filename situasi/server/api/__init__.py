"""The HTTP API under /api/v1: deliveries in, figures and rows out."""
