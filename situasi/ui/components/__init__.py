"""Page components: KPI row, chart, map, history and markup."""
