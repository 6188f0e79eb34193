"""What a run can be told: the parameters, their units, bounds, groups and help texts."""
