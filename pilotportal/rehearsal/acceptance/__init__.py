"""The acceptance report: what was played is checked against the rules again, with other means than those that played it."""
