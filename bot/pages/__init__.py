"""Pages for a browser, rendered from data: the site of post-mortems. Pure; it knows no I/O and no clock."""
