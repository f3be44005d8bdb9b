"""Two languages, and the sentences made from results."""
