"""The steps, one a version of the tables; a step that was released is never changed."""
