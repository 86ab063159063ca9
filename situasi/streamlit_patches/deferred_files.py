"""Give a file only to the page that offered it.

Streamlit makes a file when its button is clicked, for whoever names the button: the name is all
that it asks. Its maker then told the audit trail of the viewer of the page that had offered it.
"""

from __future__ import annotations

import logging
from types import ModuleType
from typing import Any

_log = logging.getLogger(__name__)
REFUSED_MESSAGE = "Failed to generate file for download"


def restrict_to_offering_page(handlers_module: ModuleType) -> None:
    """Have Streamlit do so. handlers: its module of what a browser may ask for."""
    handler, answer = handlers_module.DeferredFileHandler, handlers_module.BackendOperationResponse
    make = handler.handle

    async def handle(self: Any, request: Any, session_id: str) -> Any:
        offered = self._get_media_file_mgr()._deferred_callables.get(request.deferred_file.file_id)
        if offered is None or offered["session_id"] != session_id:
            _log.warning("a file was asked for that another page offers, or none")
            return answer(request_id=request.request_id, error_msg=REFUSED_MESSAGE)
        return await make(self, request, session_id)

    handler.handle = handle
