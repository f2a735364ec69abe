"""The local Slack, held against what is known of the real one."""
