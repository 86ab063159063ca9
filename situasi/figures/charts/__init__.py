"""Charts, each a function from a frame to a Plotly figure."""
