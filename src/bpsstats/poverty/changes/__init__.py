"""What changed between two rounds, why, and on which population base."""
