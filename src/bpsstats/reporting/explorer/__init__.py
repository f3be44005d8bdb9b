"""An area to look at: the line moved, a domain and an index chosen, the tables drawn at once."""
