"""What to estimate: ratios, and statistics of a whole distribution, each a value and an influence."""
