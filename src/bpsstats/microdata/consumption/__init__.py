"""Consumption: the items of blocks 41 and 42 and their sums."""
