"""Redeployment: shortfalls, candidates, the assignment problem and its solution."""
