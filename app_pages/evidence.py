from views.evidence import show

show()
