"""Frame in, frame out: pure questions to what is known; "now" is an argument."""
