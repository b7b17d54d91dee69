"""Whether a sentence says what another one does: nothing turned around, left out, or put in place of something else."""
