"""The rules of an incident, pure: no input or output, and time is an argument."""
