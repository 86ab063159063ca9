"""Uploaded files in memory, freed when they are no longer needed."""

import logging

from streamlit.runtime.scriptrunner import get_script_run_ctx

_log = logging.getLogger(__name__)


def release_file(file_id: str) -> None:
    """Free the memory of an uploaded file of this script session.

    Streamlit keeps it until the session ends, even if the uploader is gone.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    remove = getattr(context.uploaded_file_mgr, "remove_file", None)
    if remove is None:
        _log.warning("this version of Streamlit frees no uploaded file before its session ends")
        return
    remove(session_id=context.session_id, file_id=file_id)
