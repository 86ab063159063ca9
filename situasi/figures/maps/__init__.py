"""Maps: areas, markers, routes, labels and their placement."""
