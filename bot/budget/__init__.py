"""Money for models, pure: what a call may cost and did, and whether it may be made. Amounts are micro-dollars."""
