"""The document itself: its sections, how it is written, read back, and kept together when two people edit it."""
