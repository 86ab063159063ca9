"""Domain definitions: election, register, boundaries, feed schemas, rules and labels."""
