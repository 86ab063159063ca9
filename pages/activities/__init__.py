"""Tahapan dan giat: the stages, the SOP checklist and the activities."""
