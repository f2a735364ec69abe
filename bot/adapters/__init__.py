"""The outside, in our words: one thin class per service, our errors, no retries of their own."""
