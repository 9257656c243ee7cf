from views.entrance import enter_page
from views.patients import show

enter_page(show)
