"""What is found for the wall: by the works that the pages use, once for all who may see it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from situasi.analysis.as_of import Known
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.queries import Work
from situasi.analysis.situation.overview import Overview
from situasi.analysis.view_time import Moment
from situasi.domain.register import Register
from situasi.live.access_scope import Sight
from situasi.live.analysis_cache import Findings
from situasi.live.snapshot import Snapshot


@dataclass(frozen=True)
class Looked:
    """Which rows are looked at, when, and as far as whom. register: of what they may see."""

    findings: Findings
    snapshot: Snapshot
    at: Moment
    reach: Sight
    register: Register


def of(work: Work, looked: Looked, *asked: Hashable) -> Any:
    """What this work finds; nobody may change it."""
    return looked.findings.of(work, looked.snapshot, looked.at, looked.reach, *asked)


def situation(looked: Looked, wanted: Selection) -> Overview:
    """The overview of this selection, as the page Situasi shows it."""
    return looked.findings.overview(looked.snapshot, looked.at, looked.reach, wanted)


def known(looked: Looked) -> Known:
    """The rows known at the moment, by feed."""
    return looked.findings.known(looked.snapshot, looked.at, looked.reach)
