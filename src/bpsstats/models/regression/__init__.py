"""Linear and quantile regression over a survey design."""
