"""What we remember: tables, transactions and the questions asked of them."""
