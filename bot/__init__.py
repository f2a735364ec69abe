"""What Holdfast knows and does. `handlers/` hears, `agents/` look and propose; neither is imported from here."""
