"""Figures drawn once for all who see the same: Plotly looks at every part of one it is given."""

from __future__ import annotations

import streamlit as st

from situasi.figures import coverage, timeline, turnout

# What is shown and in which words and colours is the whole key: neither the version nor the
# viewer is, so a figure that a delivery does not change is not drawn again.
_kept = st.cache_resource(max_entries=32, ttl="15m", show_spinner=False)

day_timeline = _kept(timeline.timeline)
officers_through_day = _kept(coverage.through_day)
turnout_curve = _kept(turnout.turnout_curve)
