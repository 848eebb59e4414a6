"""How is everything saved while people write, and brought back? One file holds the database and what was uploaded."""
