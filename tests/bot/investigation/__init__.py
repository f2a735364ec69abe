"""What may be believed of what agents say."""
