"""Sign-in, sessions and the middleware that lets nobody in without one."""
