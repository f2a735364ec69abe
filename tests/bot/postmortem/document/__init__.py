"""The document as data and as text."""
