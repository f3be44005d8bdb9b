"""The poverty line rebuilt from purchases by the basic-needs method."""
