"""The one variance engine, the cells it works on, and confidence intervals."""
