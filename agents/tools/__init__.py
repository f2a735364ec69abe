"""What agents may touch. Every tool reads or proposes; none changes anything."""
