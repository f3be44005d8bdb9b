"""The correction factor that a printed rate takes for granted about the data."""
