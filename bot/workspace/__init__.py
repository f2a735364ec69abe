"""A local workspace that speaks the real protocols of Slack and GitHub, with a page to use it by."""
