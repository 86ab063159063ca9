"""What the words mean: election, register, boundaries, feed schemas, rules and labels."""
