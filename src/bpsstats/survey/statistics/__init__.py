"""What to estimate: ratios, and statistics of a distribution, each a value and an influence."""
