"""Where the titles, the heading and the signatures of a table lie among its rows."""
