"""The tests of `bot/settings/`."""
