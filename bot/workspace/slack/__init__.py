"""A Slack on loopback that speaks Slack's wire protocol, so that the bot runs whole without any account."""
