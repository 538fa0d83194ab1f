"""The codes of what an involvement was (facts `body_involvement` and `family_involvement`)."""

PHASES = ("taking_in_charge", "planning", "delivery", "monitoring", "hosting")
FAMILY_KINDS = ("direct_activation", "involved")
