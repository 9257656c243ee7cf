"""A synthetic trial that anyone may publish, and the programs that make it. No patient in it exists."""
