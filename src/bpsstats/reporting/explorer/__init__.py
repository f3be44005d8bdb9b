"""What a researcher begins with: an area to look at, and a notebook of one's own."""
