"""Who looks: a file a role, each with its prompt, its tools and the shape of its answer."""
