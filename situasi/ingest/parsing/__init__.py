"""Times, numbers and coordinates as people write them."""
