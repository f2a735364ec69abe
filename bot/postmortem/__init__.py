"""The written record of an incident: what its document says is still to be done. Pure; it knows no I/O and no clock."""
