"""The release, and the report made of the notebooks."""
