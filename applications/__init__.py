"""What provinces and cities hand in: rounds, deadlines, nominations, corrections; then pilots with plans, progress and summaries."""
