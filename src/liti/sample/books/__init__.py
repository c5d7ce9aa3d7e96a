"""The real bank's books: order, counter-accounts, and how they become transfers."""
