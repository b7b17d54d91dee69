"""The sentences of passages: which of them answer a question, and what is quoted with them."""
