"""What people decide, written down: alerts, briefings, redeployment orders and exercises."""
