"""What happened: events written in the transaction of what they record, sealed into a chain, verifiable."""
