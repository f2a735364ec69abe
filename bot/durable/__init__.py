"""Work that survives kill -9: the engine's port, its implementations, and the ledger of outside effects."""
