"""Vintages of a release: what moved, the earlier ones kept, and the new one put in place."""
