"""Slack in our words."""
