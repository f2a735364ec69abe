"""What we hear over HTTP besides Slack."""
