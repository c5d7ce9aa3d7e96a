"""Posting a batch: lock and read, decide, write by COPY."""
