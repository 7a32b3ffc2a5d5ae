"""What the portal tells people: reminders, receipts and notices, kept in the portal and sent by mail."""
