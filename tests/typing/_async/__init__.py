"""Programs with a client."""
