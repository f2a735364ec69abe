"""Alembic migrations: only additions within one minor version, so that replicas roll."""
