from views.entrance import enter_page
from views.model import show

enter_page(show)
