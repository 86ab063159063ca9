"""Sign-in, sessions, and the middleware that requires them."""
