"""Accounts: where a request comes from, signing in, the second factor, tokens, and what administrators may do."""
