"""One module per form: `build` makes the view, `read` makes the request from what came back, or refuses by field."""
