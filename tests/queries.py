"""Analyses as the cache of the board runs them, without a cache: for tests of one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.queries import Analysis, dependencies_of
from situasi.analysis.situation.overview import (
    Overview,
    compute_case_overview,
    compute_feed_states,
)
from situasi.domain.election import Election
from situasi.domain.register import Register


def run(
    analysis: Analysis,
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    *arguments: Any,
) -> Any:
    """Run the analysis and its dependencies."""
    dependencies = dependencies_of(analysis)
    results = [run(part, frames, register, at) for part in dependencies.depends_on]
    return analysis(dependencies.restrict_frames(frames), register, at, *results, *arguments)


def compute_overview(
    frames: Mapping[str, pd.DataFrame],
    election: Election,
    kecamatan: Sequence[str],
    selection: Selection,
    at: datetime,
    *,
    live: bool,
) -> Overview:
    """Compute the overview of a snapshot; live: of all that is known by now."""
    view = AsOfView(frames, None if live else at)
    overview = compute_case_overview(view, election, kecamatan, selection, at)
    return replace(overview, feed_states=compute_feed_states(view, election, at))
