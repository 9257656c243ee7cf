"""Which subtype of Cushing's syndrome, and where is the lesion: pure rules over a case and the published evidence."""
