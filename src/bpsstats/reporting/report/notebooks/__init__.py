"""The notebooks: as they are written, with their cells made, executed, and stored."""
