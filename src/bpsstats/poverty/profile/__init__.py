"""Who the poor are, how they spend, and how poverty moves with the line."""
