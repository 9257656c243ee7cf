from views.cohort import show

show()
