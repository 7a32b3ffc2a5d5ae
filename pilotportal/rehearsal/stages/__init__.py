"""The stages of a round, in their order; each module plays one part of it."""
