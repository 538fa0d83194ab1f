"""HTTP, once for all rooms: who asks, what they send, how they are answered."""
