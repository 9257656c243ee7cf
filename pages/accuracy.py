from views.accuracy import show
from views.entrance import enter_page

enter_page(show)
