"""The outside, over the real wire."""
