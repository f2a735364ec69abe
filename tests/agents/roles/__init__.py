"""Who agents are, what they are told, and what they may answer."""
