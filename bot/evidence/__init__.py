"""What is known of an incident before anybody thinks about it: pieces, what belongs together, likely causes. Pure."""
