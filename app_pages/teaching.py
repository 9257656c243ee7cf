from views.teaching import show

show()
