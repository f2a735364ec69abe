"""What is looked for when something is broken, by whom, and what may be believed of it. Pure."""
