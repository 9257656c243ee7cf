from views.patient_form import show

show()
