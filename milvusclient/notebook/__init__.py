"""Tables for notebooks: what ``_repr_html_`` of results, schemas and connections shows."""
