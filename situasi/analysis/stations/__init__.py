"""TPS: reports, status, deadlines and anomalies."""
