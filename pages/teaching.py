from views.entrance import enter_page
from views.teaching import show

enter_page(show)
