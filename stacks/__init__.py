"""How the platform is cut into stacks, which compose constructs and define no resource."""
