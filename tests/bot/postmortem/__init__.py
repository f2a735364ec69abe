"""The reader of post-mortem documents, on text alone."""
