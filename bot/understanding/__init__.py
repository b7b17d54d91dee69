"""What somebody who writes wants: a question of which kind, for what place and product, a person, nothing."""
