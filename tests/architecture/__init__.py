"""What holds for the whole tree: sizes, layers, names, and documents that say what the code says."""
