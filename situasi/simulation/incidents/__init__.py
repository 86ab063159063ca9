"""Made-up incidents of the rehearsal day."""
