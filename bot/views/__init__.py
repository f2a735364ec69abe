"""What people see, pure: incidents in, Block Kit and Markdown out."""
