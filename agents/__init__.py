"""What looks and proposes. No agent is plugged in yet; `bot.ports.NoAgents` answers for them."""
