"""What Holdfast hears: each handler parses, starts one thing and answers."""
