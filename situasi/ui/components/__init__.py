"""Drawn parts that pages share: KPI row, chart, map, markup."""
