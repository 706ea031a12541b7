"""What users receive: query and search results, and what a collection looks like."""
