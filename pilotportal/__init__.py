"""The platform under the rooms of the portal; it knows nothing of the domain."""
