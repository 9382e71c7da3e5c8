"""Models that read a text as a whole: the linear screen, the encoder that compares words in context, a user's own models."""
