"""The outside's formats: the MDT summary as PDF, figures, and imaging entries of a case."""
