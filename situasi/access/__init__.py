"""Who may see and do what: accounts, roles, guest links, the signing key and the audit log."""
