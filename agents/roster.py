"""Which agent answers which question: the stages of an investigation, in order."""
