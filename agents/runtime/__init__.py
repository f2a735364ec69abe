"""The loop that agents run in: money, calls, tools, transcript, and what keeps them in their place."""
