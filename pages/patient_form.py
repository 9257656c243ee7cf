from views.entrance import enter_page
from views.patient_form import show

enter_page(show)
