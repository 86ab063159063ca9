"""Pictures for paper: they are read in greyscale too, and no viewer points at anything."""
