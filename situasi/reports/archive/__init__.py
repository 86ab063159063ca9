"""The whole election as open files for archiving: Parquet, GeoParquet and a data dictionary."""
