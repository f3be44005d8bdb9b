"""Replicate weights, and statistics computed with them."""
