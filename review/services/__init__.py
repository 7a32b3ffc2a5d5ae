"""The only writers of the review, a module for each stage."""
