"""A synthetic round of the whole nation."""
