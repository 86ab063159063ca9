"""The Containerfile: nothing can be built here, so what it says is held against what there is."""

from __future__ import annotations

import json
import re
import shlex
import subprocess

from tests.deploy.machines import DEPLOY

TEXT = (DEPLOY / "Containerfile").read_text("utf-8")
STEPS = [
    tuple(step.split(" ", 1))
    for step in re.sub(r"\\\n\s*", "", TEXT).splitlines()
    if step and not step.startswith("#")
]


def steps(kind: str) -> list[str]:
    return [words for one, words in STEPS if one == kind]


def test_it_is_built_from_the_opened_bundle_by_its_own_installer_without_a_network() -> None:
    assert steps("COPY") == [". /bundle"]
    (run,) = steps("RUN")
    assert run.startswith("/bundle/install.sh --no-service && ")
    known = subprocess.run(
        [DEPLOY / "install.sh", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for word in shlex.split(run.split("&&")[0])[1:]:
        assert word in known
    assert not re.search(r"\b(pip|apt|apt-get|curl|wget|ADD)\b", run)
    assert "--network none" in TEXT


def test_no_secret_stays_in_the_image() -> None:
    """In the same step, so that no layer holds it either."""
    (run,) = steps("RUN")
    assert "rm -r /bundle /etc/situasi" in run


def test_it_does_not_run_as_root_and_is_asked_whether_it_lives() -> None:
    kinds = [kind for kind, _ in STEPS]
    assert steps("USER") == ["situasi"]
    assert kinds.index("RUN") < kinds.index("USER") < kinds.index("ENTRYPOINT")
    (asked,) = steps("HEALTHCHECK")
    program = json.loads(asked[asked.index("[") :])[2]
    compile(program, "healthcheck", "exec")
    assert "/healthz/live" in program and ":8501/" in program


def test_it_runs_the_command_that_is_installed() -> None:
    assert json.loads(steps("ENTRYPOINT")[0]) == ["/opt/situasi/bin/situasi"]
    assert json.loads(steps("CMD")[0])[0] == "serve"
    assert '"${1:-}" = serve' in (DEPLOY / "situasi").read_text("utf-8")
    assert steps("VOLUME") == ["/var/lib/situasi"]
    assert steps("EXPOSE") == ["8501"]
