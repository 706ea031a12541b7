"""What goes over the wire: recorded requests and scripted faults."""
