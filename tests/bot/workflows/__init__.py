"""Stories, transitions, the dispatcher and shown state."""
