"""City poverty statistics rebuilt from Susenas-style microdata, with their sampling errors."""
