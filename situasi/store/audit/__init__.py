"""The audit log: entries chained by hash, digests of rows and their verification."""
