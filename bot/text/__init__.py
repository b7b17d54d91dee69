"""What a text says, told by its words: facts such as figures, dates, days, codes and addresses."""
