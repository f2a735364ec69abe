"""What is judged of a change before anybody is asked, on data alone."""
