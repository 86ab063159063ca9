"""Activities (giat), stages of the election and the SOP checklist."""
