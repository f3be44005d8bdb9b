"""Fixtures of the unit tests."""

from raw_folder import folder, pristine, processed

__all__ = ["folder", "pristine", "processed"]
