"""The tests of `bot/`, in the same shape as the source."""
