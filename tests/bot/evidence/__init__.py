"""Evidence without a model: pieces in, a report out."""
