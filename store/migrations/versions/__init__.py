"""The steps. A step that has been released is never edited: a change is a new step."""
