"""The rules, by subject; nothing here opens a file or waits."""
