"""What would be wrong with the templates if one of their arrows led nowhere."""
