"""Officers: roster, orders, presence, requirements and coverage."""
