"""Decisions of people, recorded: alerts, briefings, redeployment orders and exercises."""
