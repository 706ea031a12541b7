"""Common parts of all commands: options, sessions, saved connections, results, and errors."""
