"""Source profiles: how files of other tools are recognised, and how they are read as ours."""
