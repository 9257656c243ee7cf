from views.patients import show

show()
