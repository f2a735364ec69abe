"""What looks and proposes; nothing in it posts or changes anything."""
