from views.imaging import show

show()
