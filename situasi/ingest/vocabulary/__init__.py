"""Known headings and words of senders, from lists that a person can extend."""
