from views.entrance import enter_page
from views.screening import show

enter_page(show)
