"""The mathematics of the review: assignment, scores, ranking, selection, draws, and advisory statistics.

Nothing here knows Django, a database or a clock. Facts go in as frozen dataclasses; results come out as numbers and enums that the
pages put into words.
"""
