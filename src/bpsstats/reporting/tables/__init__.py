"""Tables for people, one function for each kind of result."""
