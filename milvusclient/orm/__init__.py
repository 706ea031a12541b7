"""Where programs written for the reference client import schemas and connections from; there is no ORM."""
