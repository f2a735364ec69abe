"""Action items carried out: followed in their documents, prepared, judged, held, applied, verified, written down."""
