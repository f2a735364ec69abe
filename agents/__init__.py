"""What looks and proposes. No agent is plugged in yet, and nothing here is called."""
