"""Reading documents away from the event loop: in threads, or in processes that can be stopped."""
