"""Areas, classes, commodities and the basket: lists with their sources."""
