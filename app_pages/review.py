from views.review import show

show()
