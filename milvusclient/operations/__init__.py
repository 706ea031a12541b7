"""What an operation sends and what its reply means: requests are built and replies are read here, nothing is sent."""
