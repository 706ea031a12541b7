"""What all commands share: options, sessions, saved connections, results, and errors."""
