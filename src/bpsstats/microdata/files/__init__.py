"""The raw files of a round: which there are, what they hold, and where their design columns are."""
