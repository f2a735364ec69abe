"""The written record of an incident: what it says is still to be done, and how it is written and edited. Pure."""
